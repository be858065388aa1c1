//! Fetching data sets from a server on this machine that is whole, cut, silent, wrong or absent.

use crate::scratch::Says;
use flate2::Compression;
use flate2::write::GzEncoder;
use simclr_tui::engine::data::Source;
use simclr_tui::engine::data::catalog::{Known, Remote};
use simclr_tui::engine::data::fetch::md5;
use simclr_tui::engine::data::fetch::{FetchError, Options, Watch, fetch};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// What a client asked for.
#[derive(Clone, Debug, PartialEq)]
struct Request {
    file: String,
    from: Option<usize>,
}

/// What the server does with it.
enum Reply {
    /// Sends these bytes and hangs up.
    Send(Vec<u8>),
    /// Sends these bytes and says no more.
    Hold(Vec<u8>),
}

/// A server until the test process ends.
struct Site {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Site {
    /// Serves requests one after another; `answer` also hears how many came before.
    fn new(answer: impl Fn(usize, &Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read(&stream);
                let nth = log.lock().unwrap().len();
                log.lock().unwrap().push(request.clone());
                let (Reply::Send(bytes) | Reply::Hold(bytes)) = &answer(nth, &request);
                // A client that has heard enough hangs up.
                let _ = stream.write_all(bytes);
                if matches!(answer(nth, &request), Reply::Hold(_)) {
                    held.push(stream);
                }
            }
        });
        Self { address, requests }
    }

    /// One that sends what is asked for, from where it is asked for.
    fn whole(bytes: Vec<u8>) -> Self {
        Self::new(move |_, request| Reply::Send(respond(request, &bytes)))
    }

    fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Request {
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let first = lines.next().unwrap_or_default();
    let file = first.split(' ').nth(1).unwrap_or("/")[1..].to_owned();
    let mut from = None;
    for line in lines.take_while(|line| !line.is_empty()) {
        let line = line.to_ascii_lowercase();
        if let Some(range) = line.strip_prefix("range: bytes=") {
            from = Some(range.trim_end_matches('-').parse().unwrap());
        }
    }
    Request { file, from }
}

fn head(status: &str, length: usize, more: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n")
        .into_bytes()
}

/// A good server's answer.
fn respond(request: &Request, bytes: &[u8]) -> Vec<u8> {
    match request.from {
        None => [&head("200 OK", bytes.len(), "")[..], bytes].concat(),
        Some(from) if from >= bytes.len() => head(
            "416 Range Not Satisfiable",
            0,
            &format!("Content-Range: bytes */{}\r\n", bytes.len()),
        ),
        Some(from) => {
            let range = format!(
                "Content-Range: bytes {from}-{}/{}\r\n",
                bytes.len() - 1,
                bytes.len()
            );
            [
                &head("206 Partial Content", bytes.len() - from, &range)[..],
                &bytes[from..],
            ]
            .concat()
        }
    }
}

/// Remembers what it is told.
#[derive(Default)]
struct Diary {
    begun: Vec<(String, u64)>,
    notes: Vec<String>,
}

impl Watch for Diary {
    fn begin(&mut self, what: &str, done: u64, _: u64) {
        self.begun.push((what.to_owned(), done));
    }
    fn advance(&mut self, _: u64) {}
    fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }
}

/// A `.tar.gz` of these files, whose paths may be as wrong as one likes.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::none()));
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        // Set by hand, since the builder refuses what the test wants to see refused.
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// Bytes without a pattern.
fn bytes(count: usize) -> Vec<u8> {
    (0..count as u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
}

fn good() -> Vec<u8> {
    archive(&[
        ("set/train.bin", &bytes(150_000)),
        ("set/deep/names.txt", b"a\nb\n"),
    ])
}

/// A data set of these files.
fn known(files: &[(&'static str, &[u8])]) -> Known {
    let remotes = files.iter().map(|(file, bytes)| Remote {
        file,
        bytes: bytes.len() as u64,
        md5: md5(bytes).leak(),
    });
    Known {
        name: "stand-in",
        about: "a small one",
        source: Source::Folder,
        base: "http://publisher.invalid",
        files: remotes.collect::<Vec<_>>().leak(),
        folder: "set",
    }
}

fn options(to: &TempDir, site: &str) -> Options {
    Options {
        to: to.path().to_owned(),
        mirror: Some(site.to_owned()),
        patience: Duration::from_mins(1),
    }
}

fn fails(known: &Known, options: &Options) -> (FetchError, String) {
    let error = fetch(known, options, &mut Diary::default()).expect_err("no way");
    let text = error.to_string();
    (error, text)
}

fn part(to: &TempDir) -> std::path::PathBuf {
    to.path().join("stand-in.part/set.tar.gz.part")
}

/// That the data set is there, and nothing else.
fn is_whole(to: &Path) {
    assert_eq!(fs::read(to.join("set/train.bin")).unwrap(), bytes(150_000));
    assert_eq!(fs::read(to.join("set/deep/names.txt")).unwrap(), b"a\nb\n");
    assert_eq!(
        fs::read_dir(to).unwrap().count(),
        1,
        "something was left over"
    );
}

/// A server whose first connection is cut after so many bytes of the body.
fn cut_once(bytes: Vec<u8>, after: usize, ranges: bool) -> Site {
    Site::new(move |nth, request| {
        let from = request.from.filter(|_| ranges);
        let mut answer = respond(
            &Request {
                from,
                ..request.clone()
            },
            &bytes,
        );
        if nth == 0 {
            let head = answer.len() - bytes.len();
            answer.truncate(head + after);
        }
        Reply::Send(answer)
    })
}

#[test]
fn a_data_set_is_downloaded_checked_and_unpacked() {
    let to = tempfile::tempdir().unwrap();
    let (site, known) = (Site::whole(good()), known(&[("set.tar.gz", &good())]));
    let mut diary = Diary::default();
    let place = fetch(&known, &options(&to, &site.address), &mut diary).unwrap();
    assert_eq!(place, to.path().join("set"));
    is_whole(to.path());
    let steps: Vec<&str> = diary.begun.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(
        steps,
        ["set.tar.gz", "checking set.tar.gz", "unpacking set.tar.gz"]
    );
    fetch(&known, &options(&to, &site.address), &mut diary).unwrap();
    assert_eq!(
        site.requests().len(),
        1,
        "what is there is not fetched again"
    );
}

#[test]
fn a_cut_connection_keeps_its_part_and_the_next_fetch_goes_on_from_there() {
    let to = tempfile::tempdir().unwrap();
    let (site, known) = (
        cut_once(good(), 100_000, true),
        known(&[("set.tar.gz", &good())]),
    );
    let (error, text) = fails(&known, &options(&to, &site.address));
    assert!(matches!(error, FetchError::Cut { .. }), "{text}");
    text.says("run the same command again to continue; 100000 of ");
    assert_eq!(fs::read(part(&to)).unwrap(), good()[..100_000]);
    assert!(!to.path().join("set").exists());

    let mut diary = Diary::default();
    fetch(&known, &options(&to, &site.address), &mut diary).unwrap();
    is_whole(to.path());
    assert_eq!(site.requests()[1].from, Some(100_000));
    assert_eq!(diary.begun[0], ("set.tar.gz".to_owned(), 100_000));
}

#[test]
fn a_server_that_ignores_ranges_starts_over() {
    let to = tempfile::tempdir().unwrap();
    let (site, known) = (
        cut_once(good(), 100_000, false),
        known(&[("set.tar.gz", &good())]),
    );
    fails(&known, &options(&to, &site.address));
    let mut diary = Diary::default();
    fetch(&known, &options(&to, &site.address), &mut diary).unwrap();
    is_whole(to.path());
    assert_eq!(site.requests()[1].from, Some(100_000));
    diary.notes[0].says("from the start");
}

#[test]
fn a_server_that_answers_from_another_place_is_asked_for_the_whole() {
    let to = tempfile::tempdir().unwrap();
    let known = known(&[("set.tar.gz", &good())]);
    let site = Site::new(|_, request| {
        let from = request.from.map(|from| from - 7);
        Reply::Send(respond(
            &Request {
                from,
                ..request.clone()
            },
            &good(),
        ))
    });
    fs::create_dir_all(part(&to).parent().unwrap()).unwrap();
    fs::write(part(&to), &good()[..5000]).unwrap();
    fetch(&known, &options(&to, &site.address), &mut Diary::default()).unwrap();
    is_whole(to.path());
    let asked: Vec<_> = site.requests().iter().map(|r| r.from).collect();
    assert_eq!(asked, [Some(5000), None]);
}

#[test]
fn a_silent_server_is_not_waited_for_for_ever() {
    let to = tempfile::tempdir().unwrap();
    let known = known(&[("set.tar.gz", &good())]);
    let site = Site::new(|_, request| {
        let answer = respond(request, &good());
        Reply::Hold(answer[..40_000].to_vec())
    });
    let patience = Duration::from_millis(300);
    let (error, text) = fails(
        &known,
        &Options {
            patience,
            ..options(&to, &site.address)
        },
    );
    assert!(matches!(error, FetchError::Cut { .. }), "{text}");
    text.says("the server doesn't answer");
    assert!(part(&to).metadata().unwrap().len() > 0);
}

#[test]
fn a_wrong_checksum_deletes_the_part_and_says_so() {
    let to = tempfile::tempdir().unwrap();
    let mut wrong = good();
    wrong[1000] ^= 1;
    let (site, known) = (
        Site::whole(wrong.clone()),
        known(&[("set.tar.gz", &good())]),
    );
    let (error, text) = fails(&known, &options(&to, &site.address));
    assert!(matches!(error, FetchError::Checksum { .. }), "{text}");
    for said in [
        md5(&wrong),
        md5(&good()),
        "was deleted".to_owned(),
        site.address,
    ] {
        text.says(&said);
    }
    assert!(!part(&to).exists() && !to.path().join("set").exists());
}

#[test]
fn a_longer_file_is_refused_before_any_of_it_is_taken() {
    let to = tempfile::tempdir().unwrap();
    let known = known(&[("set.tar.gz", &good())]);
    let site = Site::whole(bytes(1_000_000));
    let (error, text) = fails(&known, &options(&to, &site.address));
    assert!(matches!(error, FetchError::Length { .. }), "{text}");
    text.says("is 1000000 bytes long, but the right file has");
    assert_eq!(fs::metadata(part(&to)).unwrap().len(), 0);
}

#[test]
fn a_file_that_was_kept_is_checked_again() {
    let to = tempfile::tempdir().unwrap();
    let known = known(&[("set.tar.gz", &good())]);
    let work = to.path().join("stand-in.part");
    fs::create_dir_all(&work).unwrap();
    fs::write(
        work.join("set.tar.gz"),
        archive(&[("set/train.bin", b"other")]),
    )
    .unwrap();
    let (site, mut diary) = (Site::whole(good()), Diary::default());
    fetch(&known, &options(&to, &site.address), &mut diary).unwrap();
    diary.notes[0].ends("is damaged; fetching it again");
    is_whole(to.path());
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_in_the_place_of_a_download() {
    let (to, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let known = known(&[("set.tar.gz", &good())]);
    let work = to.path().join("stand-in.part");
    fs::create_dir_all(&work).unwrap();
    let victim = elsewhere.path().join("victim");
    fs::write(&victim, b"mine").unwrap();
    for name in ["set.tar.gz", "set.tar.gz.part"] {
        std::os::unix::fs::symlink(&victim, work.join(name)).unwrap();
    }
    let site = Site::whole(good());
    fetch(&known, &options(&to, &site.address), &mut Diary::default()).unwrap();
    assert_eq!(fs::read(victim).unwrap(), b"mine");
    is_whole(to.path());
}

#[test]
fn a_file_that_never_ends_is_given_up() {
    let to = tempfile::tempdir().unwrap();
    let known = known(&[("set.tar.gz", &good())]);
    // No length: the end of the connection would be the end of the file.
    let site =
        Site::new(|_, _| Reply::Hold([&b"HTTP/1.1 200 OK\r\n\r\n"[..], &bytes(400_000)].concat()));
    let (error, text) = fails(&known, &options(&to, &site.address));
    assert!(matches!(error, FetchError::Checksum { .. }), "{text}");
}

#[test]
fn a_cut_is_known_where_the_server_gives_no_length() {
    let to = tempfile::tempdir().unwrap();
    let known = known(&[("set.tar.gz", &good())]);
    let site = Site::new(|_, _| {
        Reply::Send([&b"HTTP/1.1 200 OK\r\n\r\n"[..], &good()[..90_000]].concat())
    });
    let (error, text) = fails(&known, &options(&to, &site.address));
    assert!(matches!(error, FetchError::Cut { .. }), "{text}");
    assert_eq!(fs::read(part(&to)).unwrap(), good()[..90_000]);
}

#[test]
fn no_server_is_a_sentence() {
    let to = tempfile::tempdir().unwrap();
    let known = known(&[("set.tar.gz", &good())]);
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let (error, text) = fails(&known, &options(&to, &format!("http://{gone}")));
    assert!(matches!(error, FetchError::Unreachable { .. }), "{text}");
    text.says("can't be reached");
    text.ends("run the same command again");

    fs::write(part(&to), &good()[..5000]).unwrap();
    let (_, text) = fails(&known, &options(&to, &format!("http://{gone}")));
    text.says("5000 of ");
    text.says("bytes are kept in");
}

#[test]
fn a_file_that_moved_is_a_sentence() {
    let to = tempfile::tempdir().unwrap();
    let known = known(&[("set.tar.gz", &good())]);
    let site = Site::new(|_, _| Reply::Send(head("404 Not Found", 0, "")));
    let (error, text) = fails(&known, &options(&to, &site.address));
    assert!(matches!(error, FetchError::Status { .. }), "{text}");
    text.says("set.tar.gz: the server answers 404 Not Found");
}

#[test]
fn an_archive_may_not_write_outside_of_its_folder() {
    for path in ["set/../../evil", "/tmp/evil", ".."] {
        let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let to = tempfile::tempdir_in(&home).unwrap();
        let bad = archive(&[("set/train.bin", b"fine"), (path, b"evil")]);
        let (site, known) = (Site::whole(bad.clone()), known(&[("set.tar.gz", &bad)]));
        let (error, text) = fails(&known, &options(&to, &site.address));
        assert!(matches!(error, FetchError::Archive { .. }), "{text}");
        text.says("would be outside its folder");
        let left: Vec<_> = walkdir::WalkDir::new(&home)
            .into_iter()
            .map(|e| e.unwrap().into_path())
            .collect();
        assert!(
            !left
                .iter()
                .any(|p| p.ends_with("evil") || p.ends_with("train.bin")),
            "{left:?}"
        );
    }
}

#[test]
fn an_archive_of_another_data_set_is_a_sentence() {
    let to = tempfile::tempdir().unwrap();
    let other = archive(&[("other/train.bin", b"x")]);
    let (site, known) = (Site::whole(other.clone()), known(&[("set.tar.gz", &other)]));
    let (_, text) = fails(&known, &options(&to, &site.address));
    text.ends("set.tar.gz: holds no folder set");
}

#[test]
fn an_interrupted_unpacking_is_done_again_without_a_server() {
    let to = tempfile::tempdir().unwrap();
    let known = known(&[("set.tar.gz", &good())]);
    let work = to.path().join("stand-in.part");
    fs::create_dir_all(work.join("unpacked/set/old")).unwrap();
    fs::write(work.join("unpacked/set/train.bin"), b"half").unwrap();
    fs::write(work.join("set.tar.gz"), good()).unwrap();
    fetch(
        &known,
        &options(&to, "http://127.0.0.1:1"),
        &mut Diary::default(),
    )
    .unwrap();
    assert!(!to.path().join("set/old").exists());
    is_whole(to.path());
}

#[test]
fn files_that_are_there_are_not_downloaded_again() {
    let to = tempfile::tempdir().unwrap();
    let files: [(&'static str, &[u8]); 2] = [
        ("one-ubyte.gz", b"the first"),
        ("two-ubyte.gz", b"the second"),
    ];
    let known = known(&files);
    let site = Site::new(move |nth, request| {
        let file = files
            .iter()
            .find(|(name, _)| *name == request.file)
            .unwrap();
        let mut answer = respond(request, file.1);
        if nth == 1 {
            answer.truncate(answer.len() - 3);
        }
        Reply::Send(answer)
    });
    let (error, text) = fails(&known, &options(&to, &site.address));
    assert!(matches!(error, FetchError::Cut { .. }), "{text}");
    let place = fetch(&known, &options(&to, &site.address), &mut Diary::default()).unwrap();
    assert_eq!(fs::read(place.join("one-ubyte.gz")).unwrap(), b"the first");
    assert_eq!(fs::read(place.join("two-ubyte.gz")).unwrap(), b"the second");
    let asked: Vec<_> = site.requests().iter().map(|r| r.file.clone()).collect();
    assert_eq!(asked, ["one-ubyte.gz", "two-ubyte.gz", "two-ubyte.gz"]);
}

#[test]
fn two_may_not_fetch_into_one_folder() {
    let to = tempfile::tempdir().unwrap();
    let known = known(&[("set.tar.gz", &good())]);
    let work = to.path().join("stand-in.part");
    fs::create_dir_all(&work).unwrap();
    let other = fs::File::create(work.join("lock")).unwrap();
    other.lock().unwrap();
    let (error, text) = fails(&known, &options(&to, "http://127.0.0.1:1"));
    assert!(matches!(error, FetchError::Busy(_)), "{text}");
}

fn program(args: &[&str], home: &Path, mirror: &str) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_simclr-tui"))
        .args(args)
        .env("SIMCLR_TUI_DATA", home)
        .env("SIMCLR_TUI_MIRROR", mirror)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// Whoever sends it finds the part kept, and the exit code of what was interrupted.
#[cfg(unix)]
#[test]
fn a_signal_of_a_batch_system_ends_a_download_as_an_interrupt_does() {
    let to = tempfile::tempdir().unwrap();
    let site = Site::new(|_, request| Reply::Hold(respond(request, &good())[..2000].to_vec()));
    let mut program = Command::new(env!("CARGO_BIN_EXE_simclr-tui"))
        .args(["data", "fetch", "cifar10"])
        .env("SIMCLR_TUI_DATA", to.path())
        .env("SIMCLR_TUI_MIRROR", &site.address)
        .spawn()
        .unwrap();
    while site.requests().is_empty() {
        thread::yield_now();
    }
    crate::scratch::signal(program.id(), "-USR1");
    assert_eq!(program.wait().unwrap().code(), Some(130));
}

#[test]
fn the_program_says_what_went_wrong_and_what_is_there() {
    let to = tempfile::tempdir().unwrap();
    let site = Site::whole(good());
    let run = |args: &[&str]| program(args, to.path(), &site.address);
    // The stand-in is shorter than CIFAR-10, and its checksum another.
    let (code, _, errors) = run(&["data", "fetch", "cifar10"]);
    assert_eq!(code, Some(1), "{errors}");
    errors.says("but the right file has c32a1d4ab5d03f1284b67883e8d87530");
    assert_eq!(site.requests()[0].file, "cifar-10-binary.tar.gz");
    let (code, _, errors) = run(&["data", "fetch", "cifar"]);
    assert_eq!(code, Some(2), "{errors}");

    let work = to.path().join("cifar100.part");
    fs::create_dir_all(&work).unwrap();
    fs::write(work.join("cifar-100-binary.tar.gz.part"), [0; 2048]).unwrap();
    fs::create_dir(to.path().join("stl10_binary")).unwrap();
    let (code, list, _) = run(&["data", "list"]);
    assert_eq!(code, Some(0));
    for line in [
        "here  not yet",
        "here  2.0 KiB of it; `simclr-tui data fetch cifar100` continues",
        &format!("here  {}", to.path().join("stl10_binary").display()),
        "from  https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    ] {
        assert!(list.contains(line), "{line}\n{list}");
    }
}

/// CIFAR-10 with two training images and one test image.
fn cifar(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let record = |label| [vec![label], vec![9; 3072]].concat();
    fs::write(
        folder.join("data_batch_1.bin"),
        [record(1), record(2)].concat(),
    )
    .unwrap();
    fs::write(folder.join("test_batch.bin"), record(3)).unwrap();
}

#[test]
fn the_program_looks_into_a_folder_and_says_how_to_name_it() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("my data");
    cifar(&folder);
    let path = folder.to_str().unwrap();
    let (code, text, errors) = program(&["data", "check", path], home.path(), "");
    assert_eq!(code, Some(0), "{errors}");
    for said in [
        "10: 0, 1, 2",
        "2 images; the first is 32 x 32",
        &format!("data: (source: cifar10, path: {path:?})"),
        &format!("--set data.source=cifar10 --set data.path='{path}'"),
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    fs::write(folder.join("test_batch.bin"), b"short").unwrap();
    for (path, says) in [
        (path, "is 5 bytes long"),
        ("/nowhere", "there is no such file or folder"),
    ] {
        let (code, _, errors) = program(&["data", "check", path], home.path(), "");
        assert_eq!(code, Some(2), "{errors}");
        errors.says(says);
    }
}

#[test]
fn an_experiment_without_a_path_finds_what_was_fetched() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("a.ron");
    fs::write(&file, "(data: (source: cifar10))").unwrap();
    let check = || program(&["check", file.to_str().unwrap()], home.path(), "");
    let (code, _, errors) = check();
    assert_eq!(code, Some(2));
    errors.says("data.path: cifar10 needs the folder with its files, or `simclr-tui data fetch");
    cifar(&home.path().join("cifar-10-batches-bin"));
    let (code, _, errors) = check();
    assert_eq!(code, Some(2));
    let small = "a batch of 512 pairs needs as many training images, and the data set has 2";
    errors.says(small);
    let text = "(data: (source: cifar10), train: (batch: 2), knn: (k: 2))";
    fs::write(&file, text).unwrap();
    let (code, _, errors) = check();
    assert_eq!(code, Some(0), "{errors}");
}
