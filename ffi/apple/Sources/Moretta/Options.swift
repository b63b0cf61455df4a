import CMoretta
import Foundation

/// How a session is made. Nil is the default of each.
public struct Options {
    /// How much of the memory protection must take hold; strict by default.
    public var policy: Policy?
    /// How many faces are followed: 1 to 16; 4 by default.
    public var maxFaces: UInt32?
    /// How far faces are found; automatic by default.
    public var range: Range?
    /// Whether landmarks are smoothed over time; they are by default. Not for stills.
    public var isSmoothed: Bool?
    /// How much is drawn; high by default.
    public var quality: Quality?
    /// What a frame may take with adaptive quality, in microseconds; 33000 by default.
    public var frameBudgetMicroseconds: UInt32?
    /// Whether the app is told if nobody, one person or more are in sight. A disclosure, which the report lists.
    public var disclosesPresence = false
    /// The lens: the angle from the top of the upright frame to its bottom; 63 by default.
    public var fieldOfViewYDegrees: Float?
    /// Whether faces are looked for in a submitted frame while the device draws the one before, which it may then hold a little
    /// longer than until its end is told.
    public var overlaps = false
    /// Use this session's device and models, which saves most of the start; its effects are good for both.
    public var sharing: Session?
    /// The folder with the .onnx files, for a library that was built without them.
    public var modelsFolder: URL?

    public init() {}

    public enum Policy {
        case strict, bestEffort
    }

    public enum Range {
        case short, full, automatic
    }

    public enum Quality {
        case low, medium, high, adaptive
    }

    /// As C has it.
    var raw: moretta_options {
        var raw = moretta_options()
        raw.struct_size = UInt32(MemoryLayout<moretta_options>.size)
        switch policy {
        case .strict?: raw.policy = UInt32(MORETTA_POLICY_STRICT)
        case .bestEffort?: raw.policy = UInt32(MORETTA_POLICY_BEST_EFFORT)
        case nil: break
        }
        switch range {
        case .short?: raw.range = UInt32(MORETTA_RANGE_SHORT)
        case .full?: raw.range = UInt32(MORETTA_RANGE_FULL)
        case .automatic?: raw.range = UInt32(MORETTA_RANGE_AUTO)
        case nil: break
        }
        switch quality {
        case .low?: raw.quality = UInt32(MORETTA_QUALITY_LOW)
        case .medium?: raw.quality = UInt32(MORETTA_QUALITY_MEDIUM)
        case .high?: raw.quality = UInt32(MORETTA_QUALITY_HIGH)
        case .adaptive?: raw.quality = UInt32(MORETTA_QUALITY_ADAPTIVE)
        case nil: break
        }
        if let isSmoothed {
            raw.smoothing = UInt32(isSmoothed ? MORETTA_SMOOTHING_ON : MORETTA_SMOOTHING_OFF)
        }
        raw.max_faces = maxFaces ?? 0
        raw.frame_budget_us = frameBudgetMicroseconds ?? 0
        raw.disclose_presence = disclosesPresence ? 1 : 0
        raw.fov_y_degrees = fieldOfViewYDegrees ?? 0
        raw.overlap = overlaps ? 1 : 0
        raw.share_with = sharing?.handle
        return raw
    }
}
