//! The two commands of the README, which CI runs as they stand there.

/// Starts the demo.
#[cfg(test)]
const DEMO: &str = "cargo xtask demo";

/// Runs everything that must hold.
pub(crate) const TEST: &str = "cargo xtask test";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::workspace::{read, root};

    /// The documents of the root, which readers meet first.
    const DOCUMENTS: [&str; 6] = [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "PRIVACY.md",
        "SECURITY.md",
    ];

    /// The commands in the fenced blocks of a Markdown text, without their comments.
    fn commands(markdown: &str) -> Vec<&str> {
        let blocks = markdown.split("```").skip(1).step_by(2);
        let lines = blocks
            .filter_map(|block| block.strip_prefix("sh\n"))
            .flat_map(str::lines);
        lines
            .map(|line| line.split('#').next().unwrap_or(line).trim())
            .filter(|line| !line.is_empty())
            .collect()
    }

    /// The targets of a Markdown text's links that lead to files.
    fn links(markdown: &str) -> Vec<&str> {
        let targets = markdown
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        let files = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
        files
            .map(|target| target.split('#').next().unwrap_or(target))
            .collect()
    }

    #[test]
    fn commands_are_found_in_shell_blocks_alone() {
        let markdown = "```sh\na b  # why\n# only words\n```\n```text\nc\n```\n```sh\nd\n```\n";
        assert_eq!(commands(markdown), ["a b", "d"]);
    }

    #[test]
    fn the_readme_names_exactly_the_two_commands() {
        let readme = read(&root().join("README.md")).unwrap();
        assert_eq!(commands(&readme), [DEMO, TEST]);
    }

    #[test]
    fn links_to_files_are_found_and_others_are_not() {
        assert_eq!(
            links("[a](b.md) [c](https://d) [e](f.md#g) [h](#i)"),
            ["b.md", "f.md"]
        );
    }

    #[test]
    fn every_link_of_the_documents_leads_to_a_file() {
        let mut followed = 0;
        for document in DOCUMENTS {
            for link in links(&read(&root().join(document)).unwrap()) {
                assert!(
                    root().join(Path::new(link)).exists(),
                    "{document} links to {link}, which does not exist"
                );
                followed += 1;
            }
        }
        assert!(followed > 0);
    }
}
