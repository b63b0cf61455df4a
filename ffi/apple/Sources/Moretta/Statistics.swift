import CMoretta

/// Counts and times since consent was given, none of them of a face.
public struct Statistics {
    let raw: moretta_statistics

    /// Frames that came to an end.
    public var frames: UInt64 { raw.frames }
    /// Those that ended with an error.
    public var failed: UInt64 { raw.failed }
    /// Submitted ones that gave way to a newer one, or to a wipe.
    public var dropped: UInt64 { raw.dropped }
    /// Times that everything was wiped.
    public var wipes: UInt64 { raw.wipes }
    /// Bytes that are locked against swapping.
    public var lockedBytes: UInt64 { raw.locked_bytes }
    public var lastTrackNanoseconds: UInt64 { raw.last_track_ns }
    public var lastDrawNanoseconds: UInt64 { raw.last_draw_ns }
    public var lastWholeNanoseconds: UInt64 { raw.last_whole_ns }
    /// Running means over some sixteen frames.
    public var meanTrackNanoseconds: UInt64 { raw.mean_track_ns }
    public var meanDrawNanoseconds: UInt64 { raw.mean_draw_ns }
    public var meanWholeNanoseconds: UInt64 { raw.mean_whole_ns }
}
