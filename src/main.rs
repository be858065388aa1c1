//! The `simclr-tui` binary: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    // First, while there is one thread.
    simclr_tui::engine::device::prepare();
    simclr_tui::machine::heap::keep();
    simclr_tui::cli::main()
}
