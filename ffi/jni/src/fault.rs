use std::borrow::Cow;

use crate::sys;

/// Why a call failed. Its text is that of the exception that is thrown; it holds nothing of a face.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Fault {
    /// What a call of the C ABI answered, and what it says of it.
    #[error("{text}")]
    Call { status: i32, text: String },
    /// A buffer whose memory has no address.
    #[error("{what}: expected a direct ByteBuffer, found another one")]
    NotDirect { what: &'static str },
    /// A buffer that is none.
    #[error("{what}: expected a ByteBuffer, found null")]
    NoBuffer { what: &'static str },
    /// A part of a buffer that is no part of it.
    #[error("{what}: expected a part of a buffer of {expected} bytes, found {len} bytes from {start} on")]
    Part {
        what: &'static str,
        expected: usize,
        start: i64,
        len: i64,
    },
    /// A number that is negative or too large.
    #[error("{what}: expected 0 to {expected}, found {found}")]
    Number {
        what: &'static str,
        expected: u64,
        found: i64,
    },
    /// A window where there are none.
    #[cfg_attr(target_os = "android", expect(dead_code, reason = "there are windows"))]
    #[error("the surface: expected Android, found a system without its windows")]
    NoWindows,
    /// A `Surface` that is released, or none.
    #[cfg_attr(
        not(target_os = "android"),
        expect(dead_code, reason = "there are no windows")
    )]
    #[error("the surface: expected one with a window, found none")]
    Released,
    /// What the Java virtual machine says.
    #[error(transparent)]
    Java(#[from] jni::errors::Error),
}

impl Fault {
    /// The status of the exception.
    pub(crate) fn status(&self) -> i32 {
        match self {
            Self::Call { status, .. } => *status,
            Self::NotDirect { .. }
            | Self::NoBuffer { .. }
            | Self::Part { .. }
            | Self::Number { .. }
            | Self::Released => sys::STATUS_ARGUMENT,
            // Null in place of a text or an array, which Kotlin's types do not allow.
            Self::Java(jni::errors::Error::NullPtr(_)) => sys::STATUS_ARGUMENT,
            Self::NoWindows => sys::STATUS_DEVICE,
            Self::Java(_) => sys::STATUS_BUG,
        }
    }

    /// What the exception says. What the Java virtual machine says of its own faults is for developers of this crate.
    pub(crate) fn text(&self) -> Cow<'static, str> {
        match self {
            Self::Java(error) => format!("the Java virtual machine: {error}").into(),
            other => other.to_string().into(),
        }
    }
}
