//! Which benches are asked for, in benches that criterion does not run. As criterion has it: the first argument that is no
//! option is a part of the names of those that are to run.

/// What the command line asks for.
pub(crate) struct Filter {
    wanted: Option<String>,
    /// `cargo test --benches` runs each bench for a moment, to see that it runs.
    pub(crate) trial: bool,
}

impl Filter {
    pub(crate) fn of_arguments() -> Filter {
        Filter {
            wanted: std::env::args().skip(1).find(|it| !it.starts_with('-')),
            trial: std::env::args().any(|it| it == "--test"),
        }
    }

    /// Whether the bench `name` is to run.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.wanted.as_ref().is_none_or(|it| name.contains(it))
    }
}
