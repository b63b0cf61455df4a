//! From a manifest and files to an effect.
//!
//! 1. `check`: what the manifest says about itself.
//! 2. Assets are decoded.
//! 3. `plan`: nodes and triggers with every name resolved and every number read; whatever can be wrong is wrong by then.
//! 4. `record`: the plan becomes one program.

mod action;
mod assets;
mod check;
mod draw;
mod machine;
mod node;
mod param;
mod play;
mod value;

use moretta_lang::Program;

pub(crate) use check::check_versions;

use crate::asset::Ledger;
use crate::effect::{Effect, HostInput, Node, Quality};
use crate::error::{PackError, Place};
use crate::files::{Files, MANIFEST_PATH};
use crate::limits::MAX_NODES;
use crate::manifest::Manifest;
use crate::number::Names;
use crate::read::{Pointer, ReadError};

/// The error that the manifest is not as it should be.
pub(crate) fn manifest_error(error: ReadError) -> PackError {
    PackError::Manifest {
        place: Place::new(MANIFEST_PATH, error.pointer.unwrap_or_default()),
        expected: error.expected,
        found: error.found,
    }
}

/// The effect that a manifest and its files make.
pub(crate) fn compile(manifest: &Manifest, files: &Files, ledger: &mut Ledger) -> Result<Effect, PackError> {
    check::check_head(manifest).map_err(manifest_error)?;
    let ids = check::node_ids(manifest).map_err(manifest_error)?;
    let params = param::read(&manifest.params).map_err(manifest_error)?;
    let names = || {
        let params = manifest.params.iter().map(|param| param.id.as_str()).collect();
        let states = manifest.states.iter().map(String::as_str).collect();
        Names::new(params, states, ids.iter().map(String::as_str).collect())
    };
    check::check_quality(manifest, &names()).map_err(manifest_error)?;
    check::check_tests(manifest, &params, ledger).map_err(manifest_error)?;
    let mut assets = assets::read(manifest, files, ledger)?;
    check::check_budget(manifest, ledger)?;

    let mut planner = node::Planner {
        manifest,
        assets: &mut assets,
        ledger,
    };
    let names = names();
    let mut nodes = planner.nodes(&ids, &names).map_err(manifest_error)?;
    nodes.sort_by_key(|node| node.z);
    let triggers = action::read(&manifest.triggers, &params, &names).map_err(manifest_error)?;
    let used = names.into_used();
    check::check_signals(manifest, &used.signals, ledger);

    let inputs = param::inputs(&params, &used).map_err(manifest_error)?;
    let plan = machine::Plan {
        params: &params,
        nodes: &nodes,
        triggers: &triggers,
        first_host: inputs.len() - used.hosts.len(),
        tap: used.tap.then(|| inputs.len() - used.hosts.len() - 1),
        played: &used.played,
    };
    let program = Program::record(|face, out| machine::record(face, out, &plan));
    let program = program.map_err(|source| PackError::Program {
        place: Place::new(MANIFEST_PATH, Pointer::Root.key("nodes").to_string()),
        source,
    })?;
    Ok(Effect {
        program,
        nodes: drawn_nodes(&nodes, &assets),
        assets: assets.into_used(ledger),
        inputs,
        max_faces: max_faces(manifest),
    })
}

fn drawn_nodes(nodes: &[node::NodePlan], assets: &assets::Assets) -> Vec<Node> {
    debug_assert!(nodes.len() <= MAX_NODES);
    let node = |plan: &node::NodePlan| Node {
        id: plan.id.clone(),
        faces: plan.faces,
        drawn: plan.drawn,
        kind: assets.with_places(plan.kind.clone()),
    };
    nodes.iter().map(node).collect()
}

fn max_faces(manifest: &Manifest) -> [usize; Quality::ALL.len()] {
    let Manifest {
        quality, requires, ..
    } = manifest;
    [&quality.low, &quality.medium, &quality.high].map(|level| {
        let most = requires.faces.max;
        level.max_faces.map_or(most, |faces| faces.min(most)) as usize
    })
}

/// A host input as the effect lists it.
fn host_input(name: String, kind: crate::effect::HostInputKind) -> HostInput {
    HostInput {
        name,
        kind,
        min: 0.0,
        max: 1.0,
        default: 0.0,
        label: Vec::new(),
    }
}
