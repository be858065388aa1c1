# Everything that must hold before a change lands: exactly what continuous integration runs.
ci:
    .ci/run

# The fast checks alone.
check:
    cargo fmt --all --check
    cargo clippy --all-targets -- -D warnings
    cargo test
