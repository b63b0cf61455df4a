use crate::abi;

/// What a call answers: 0 for done, above 0 for nothing to do, below 0 for trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Status(pub(crate) i32);

impl Status {
    pub(crate) const OK: Self = Self(abi::STATUS_OK);
    pub(crate) const EMPTY: Self = Self(abi::STATUS_EMPTY);

    /// Its name in C.
    pub(crate) const fn name(self) -> &'static std::ffi::CStr {
        match self.0 {
            abi::STATUS_OK => c"MORETTA_STATUS_OK",
            abi::STATUS_EMPTY => c"MORETTA_STATUS_EMPTY",
            abi::STATUS_ARGUMENT => c"MORETTA_STATUS_ARGUMENT",
            abi::STATUS_ABI => c"MORETTA_STATUS_ABI",
            abi::STATUS_HANDLE => c"MORETTA_STATUS_HANDLE",
            abi::STATUS_BUSY => c"MORETTA_STATUS_BUSY",
            abi::STATUS_NO_CONSENT => c"MORETTA_STATUS_NO_CONSENT",
            abi::STATUS_PAUSED => c"MORETTA_STATUS_PAUSED",
            abi::STATUS_POISONED => c"MORETTA_STATUS_POISONED",
            abi::STATUS_DEVICE => c"MORETTA_STATUS_DEVICE",
            abi::STATUS_MODEL => c"MORETTA_STATUS_MODEL",
            abi::STATUS_PACK => c"MORETTA_STATUS_PACK",
            abi::STATUS_PROTECTION => c"MORETTA_STATUS_PROTECTION",
            abi::STATUS_FILE => c"MORETTA_STATUS_FILE",
            abi::STATUS_TOO_SMALL => c"MORETTA_STATUS_TOO_SMALL",
            abi::STATUS_NO_SURFACE => c"MORETTA_STATUS_NO_SURFACE",
            abi::STATUS_FORKED => c"MORETTA_STATUS_FORKED",
            abi::STATUS_NO_FACE => c"MORETTA_STATUS_NO_FACE",
            abi::STATUS_SEVERAL_FACES => c"MORETTA_STATUS_SEVERAL_FACES",
            abi::STATUS_UNFIT_FACE => c"MORETTA_STATUS_UNFIT_FACE",
            abi::STATUS_PICTURE => c"MORETTA_STATUS_PICTURE",
            abi::STATUS_BUG => c"MORETTA_STATUS_BUG",
            _ => c"no status of Moretta's",
        }
    }
}

impl From<()> for Status {
    fn from((): ()) -> Self {
        Self::OK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_own_name_and_nothing_else_has_one() {
        let mut seen = 0;
        for (name, value) in abi::CONSTANTS {
            if name.starts_with("STATUS_") {
                let status = Status(i32::try_from(*value).unwrap());
                assert_eq!(status.name().to_str().unwrap(), format!("MORETTA_{name}"));
                seen += 1;
            }
        }
        assert_eq!(seen, 22);
        for strange in [2, -20, -98, i32::MIN, i32::MAX] {
            assert_eq!(Status(strange).name(), c"no status of Moretta's");
        }
    }
}
