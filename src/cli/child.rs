//! Processes of this program's own that train for another one. Each stops after its step, with a checkpoint, where its
//! standard input ends: so none outlives its parent, however that dies.

use serde::Serialize;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::Sender;
use std::thread::{Builder, JoinHandle};

/// This very program, even if another was installed or built in its place meanwhile.
#[cfg(target_os = "linux")]
#[expect(clippy::unnecessary_wraps, reason = "other systems have to ask")]
pub fn program() -> io::Result<Command> {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new("/proc/self/exe");
    command.arg0("simclr-tui");
    Ok(command)
}

/// This program.
#[cfg(not(target_os = "linux"))]
pub fn program() -> io::Result<Command> {
    std::env::current_exe().map(Command::new)
}

/// A process that trains until it is done, or is to stop.
pub struct Process {
    child: Child,
    /// Where this is dropped, the process stops after its step.
    input: Option<ChildStdin>,
}

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        Ok(Self { child, input })
    }

    /// Sends it a value as a line of JSON.
    pub fn send(&mut self, value: &impl Serialize) -> io::Result<()> {
        let line = serde_json::to_string(value).map_err(io::Error::other)?;
        self.input
            .as_mut()
            .map_or(Ok(()), |input| writeln!(input, "{line}"))
    }

    /// Has it stop after its step, with a checkpoint.
    pub fn stop(&mut self) {
        self.input = None;
    }

    /// Passes on each line that it prints where that is piped, and whether it is among its errors, in threads that end with it and
    /// those that it started.
    pub fn listen<T: Send + 'static>(
        &mut self,
        lines: &Sender<T>,
        of: impl Fn(String, bool) -> T + Clone + Send + 'static,
    ) -> io::Result<Vec<JoinHandle<()>>> {
        let printed = self.child.stdout.take().map(|out| Box::new(out) as Output);
        let errors = self.child.stderr.take().map(|out| Box::new(out) as Output);
        let outputs = [(printed, false), (errors, true)].into_iter();
        let piped = outputs.filter_map(|(output, error)| Some((output?, error)));
        let listen = |(output, error)| {
            let (lines, of) = (lines.clone(), of.clone());
            each_line(output, move |line| {
                // Nobody listens once the parent is through.
                let _ = lines.send(of(line, error));
            })
        };
        piped.map(listen).collect()
    }

    /// How it ended, if it did.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }
}

type Output = Box<dyn Read + Send>;

/// Takes each line of an output in a thread of its own.
fn each_line(
    output: Output,
    mut take: impl FnMut(String) + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    Builder::new().spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            // Also what is no UTF-8 is read: a process whose pipe is full would stand still.
            take(String::from_utf8_lossy(&line).trim_end().to_owned());
            line.clear();
        }
    })
}
