import CMoretta

/// What went wrong, as one of `moretta.h`'s statuses and in words. It holds nothing of a face.
public struct MorettaError: Error, CustomStringConvertible {
    /// `MORETTA_STATUS_*`, below zero.
    public let status: Int32
    /// In words.
    public let description: String

    /// Whether another thread is in the session.
    public var isBusy: Bool { status == MORETTA_STATUS_BUSY }
    /// Whether nobody consented, or the consent was revoked.
    public var isWithoutConsent: Bool { status == MORETTA_STATUS_NO_CONSENT }

    init(_ status: Int32) {
        self.status = status
        description = moretta_last_error().map { String(cString: $0) } ?? ""
    }

    init(_ status: Int32, _ description: String) {
        self.status = status
        self.description = description
    }
}

/// What a call answered, if it did what it was asked.
@discardableResult
func check(_ status: Int32) throws -> Int32 {
    guard status >= MORETTA_STATUS_OK else { throw MorettaError(status) }
    return status
}
