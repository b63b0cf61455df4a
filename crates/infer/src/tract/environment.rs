//! tract's environment variables: overruled, or refused.
//!
//! All but one are *knobs*, which tract reads through a table where a value set by the program goes before the variable.
//! A test of this crate looks for further ones in its own machine code, so that a new version of tract cannot bring one
//! in unseen.

use std::env;

use tract_onnx::tract_core::knobs::{self, KnobInfo};

use crate::InferError;

/// No knob: tract reads it directly, to choose among kernels, which round differently.
const DIRECT: &str = "TRACT_X86_KIND";

/// Sets every knob to tract's default, whatever the environment says.
///
/// # Errors
/// [`InferError::Environment`] if a variable is set that cannot be overruled.
pub(super) fn settle() -> Result<(), InferError> {
    let refuse = |variable| Err(InferError::Environment { variable });
    for knob in knobs::all() {
        if is_optional(knob) {
            if (knob.current)() != (knob.default)() {
                return refuse(knob.name);
            }
        } else {
            knobs::set_str(knob.name, &(knob.default)());
        }
    }
    if env::var_os(DIRECT).is_some() {
        return refuse(DIRECT);
    }
    Ok(())
}

/// Whether the knob is unset by default, a state that tract gives no way to set.
fn is_optional(knob: &KnobInfo) -> bool {
    knob.type_name == "option"
}
