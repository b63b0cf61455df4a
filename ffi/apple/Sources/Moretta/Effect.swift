import CMoretta

/// What the app may set of an effect.
public struct Input {
    public enum Kind {
        /// It keeps its value until it is set again.
        case parameter
        /// Set by `Session.tap`.
        case tap
        /// The app sets it.
        case trigger
    }

    public let name: String
    public let kind: Kind
    public let limits: ClosedRange<Float>
    public let initial: Float
}

/// An effect on the device of the session that loaded it. Who wears it goes on wearing it when this is gone.
public final class Effect {
    let handle: OpaquePointer?

    init(_ handle: OpaquePointer?) {
        self.handle = handle
    }

    deinit {
        moretta_effect_free(handle)
    }

    /// What may be set of it.
    public func inputs() throws -> [Input] {
        var inputs: [Input] = []
        var raw = moretta_input()
        raw.struct_size = UInt32(MemoryLayout<moretta_input>.size)
        while try check(moretta_effect_input(handle, UInt32(inputs.count), &raw)) == MORETTA_STATUS_OK {
            let name = withUnsafeBytes(of: raw.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            let kind: Input.Kind
            switch Int32(bitPattern: raw.kind) {
            case MORETTA_INPUT_TAP: kind = .tap
            case MORETTA_INPUT_TRIGGER: kind = .trigger
            default: kind = .parameter
            }
            inputs.append(Input(name: name, kind: kind, limits: raw.min...raw.max, initial: raw.initial))
        }
        return inputs
    }
}
