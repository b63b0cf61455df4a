import CMoretta

/// A face of a photo whose looks faces take on, where what they wear swaps them for a photo's. Face data, though this holds none:
/// it ends when this is gone, with a pause, `Session.trimMemory`, `Session.wipeAll`, a fault, a consent that is revoked or given
/// anew, and with its session.
public final class Donor {
    /// Which face of a photo is meant.
    public enum Face {
        /// The only one: several are an error.
        case only
        /// The largest one.
        case largest

        var number: UInt32 {
            UInt32(self == .only ? MORETTA_DONOR_ONLY : MORETTA_DONOR_LARGEST)
        }
    }

    let handle: OpaquePointer?

    init(_ handle: OpaquePointer?) {
        self.handle = handle
    }

    deinit {
        moretta_donor_free(handle) // if another thread is in the session, the donor ends with the session: see `wipe`
    }

    /// Wipes it: it is gone when this returns. Throws that it is busy if another thread is in its session.
    public func wipe() throws {
        try check(moretta_donor_free(handle))
    }
}
