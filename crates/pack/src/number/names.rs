use core::cell::RefCell;
use std::collections::BTreeSet;

use crate::error::quoted;
use crate::limits::MAX_ID_CHARS;
use crate::read::ReadError;

/// The names that the numbers of a pack may use, and which of them they did.
pub(crate) struct Names<'m> {
    pub(crate) params: Vec<&'m str>,
    pub(crate) states: Vec<&'m str>,
    /// By place in the manifest.
    pub(crate) nodes: Vec<&'m str>,
    used: RefCell<Used>,
}

/// What numbers of a pack have named.
#[derive(Default)]
pub(crate) struct Used {
    /// Names behind `host.`, in the order in which they were met.
    pub(crate) hosts: Vec<String>,
    pub(crate) tap: bool,
    /// Nodes whose plays are asked for.
    pub(crate) played: BTreeSet<usize>,
    /// Signals, `landmarks` and `blendshapes`, as [`requires`](crate::manifest::Requires) lists them.
    pub(crate) signals: BTreeSet<&'static str>,
}

impl<'m> Names<'m> {
    pub(crate) fn new(params: Vec<&'m str>, states: Vec<&'m str>, nodes: Vec<&'m str>) -> Self {
        Self {
            params,
            states,
            nodes,
            used: RefCell::default(),
        }
    }

    /// The place of a parameter.
    pub(crate) fn param(&self, id: &str) -> Result<usize, ReadError> {
        find(&self.params, "parameter", id)
    }

    /// The place of a state.
    pub(crate) fn state(&self, id: &str) -> Result<usize, ReadError> {
        find(&self.states, "state", id)
    }

    /// The place of a node in the manifest.
    pub(crate) fn node(&self, id: &str) -> Result<usize, ReadError> {
        find(&self.nodes, "node", id)
    }

    /// The place among what the host triggers; a new name makes a new one.
    pub(crate) fn host(&self, name: &str) -> Result<usize, ReadError> {
        check_id(name)?;
        let hosts = &mut self.used.borrow_mut().hosts;
        let known = hosts.iter().position(|host| host == name);
        Ok(known.unwrap_or_else(|| {
            hosts.push(name.to_owned());
            hosts.len() - 1
        }))
    }

    pub(crate) fn use_tap(&self) {
        self.used.borrow_mut().tap = true;
    }

    pub(crate) fn use_played(&self, node: usize) {
        self.used.borrow_mut().played.insert(node);
    }

    pub(crate) fn use_signal(&self, name: &'static str) {
        self.used.borrow_mut().signals.insert(name);
    }

    pub(crate) fn into_used(self) -> Used {
        self.used.into_inner()
    }
}

fn find(ids: &[&str], what: &str, id: &str) -> Result<usize, ReadError> {
    let known = ids.iter().position(|it| *it == id);
    known.ok_or_else(|| {
        let expected = match ids {
            [] => format!("no {what} (there are none)"),
            ids => format!("the id of a {what} ({})", listed(ids)),
        };
        ReadError::new(expected, quoted(id))
    })
}

/// Ids as a message lists them: the first few.
fn listed(ids: &[&str]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<&str> = ids.iter().copied().take(SHOWN).collect();
    let more = if ids.len() > SHOWN { ", ..." } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// Checks the form of an id.
pub(crate) fn check_id(id: &str) -> Result<(), ReadError> {
    let mut characters = id.chars();
    let sound = characters.next().is_some_and(|it| it.is_ascii_alphabetic())
        && characters.all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '-')
        && id.len() <= MAX_ID_CHARS;
    if sound {
        return Ok(());
    }
    let expected = format!(
        "an id of a letter and up to {} letters, digits, _ and -",
        MAX_ID_CHARS - 1
    );
    Err(ReadError::new(expected, quoted(id)))
}
