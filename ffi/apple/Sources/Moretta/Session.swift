import CMoretta
import CoreMedia
import CoreVideo
import Foundation
import QuartzCore

/// Camera frames in, the same pictures with an effect out. No call returns a landmark, a box or a pose.
///
/// A session is used by one thread at a time: do all that you do with it on one queue, or be told that it is busy.
/// `revokeConsent` and `wipeAll` may be called from any thread at any time. Making one opens the graphics device and loads
/// the models, which takes a second or so; nothing is analysed before `giveConsent`.
public final class Session {
    /// That of the header this was written for. A test compares it with `MORETTA_ABI`, which Swift does not see.
    static let abi: UInt32 = 0x0000_0001

    /// In place of a slot: the frame, and every face whose slot has nothing of its own.
    public static let everyone = UInt32.max

    let handle: OpaquePointer?
    /// Held as long as it is attached.
    private var layer: CAMetalLayer?

    public init(_ options: Options = Options()) throws {
        var raw = options.raw
        var made: OpaquePointer?
        let models = options.modelsFolder?.path ?? ""
        try models.withCString { path in // borrowed until the call returns
            raw.models_path = path
            raw.models_path_len = models.utf8.count
            _ = try check(moretta_create(Self.abi, &raw, &made))
        }
        handle = made
    }

    deinit {
        moretta_destroy(handle)
    }

    /// The library's version.
    public static var version: String {
        moretta_version().map { String(cString: $0) } ?? ""
    }

    /// Wipes all face data of the process, whatever session holds it, from any thread.
    public static func wipeAll() {
        moretta_wipe_all()
    }

    /// Whether it has consent and runs.
    public var isRunning: Bool {
        moretta_check(handle) == MORETTA_STATUS_OK
    }

    // MARK: Consent

    public enum AgeBand {
        case from14, under14WithGuardian
    }

    /// States that the person before the camera was asked and agreed. Consent is not stored: call it at each start anew.
    public func giveConsent(_ age: AgeBand) throws {
        let band = age == .from14 ? MORETTA_AGE_FROM_14 : MORETTA_AGE_UNDER_14_WITH_GUARDIAN
        try check(moretta_consent_give(handle, UInt32(band)))
    }

    /// Takes the consent back, from any thread: returns when everything is wiped.
    public func revokeConsent() throws {
        try check(moretta_consent_revoke(handle))
    }

    // MARK: Effects

    /// Reads a pack, the bytes of a .mask file.
    public func loadEffect(_ pack: Data) throws -> Effect {
        var made: OpaquePointer?
        try pack.withUnsafeBytes { bytes in
            _ = try check(
                moretta_effect_from_bytes(
                    handle, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, &made))
        }
        return Effect(made)
    }

    /// Reads a pack from a .mask file, or from a folder with a pack's files.
    public func loadEffect(at url: URL) throws -> Effect {
        var made: OpaquePointer?
        try check(moretta_effect_from_path(handle, url.path, url.path.utf8.count, &made))
        return Effect(made)
    }

    /// What a slot wears from the next frame on; nil for nothing. Needs consent, as do the next three.
    public func wear(_ effect: Effect?, on slot: UInt32 = everyone) throws {
        try check(moretta_wear(handle, slot, effect?.handle))
    }

    /// Lets a slot wear what everyone wears, as all do at first.
    public func wearAsEveryone(_ slot: UInt32) throws {
        try check(moretta_wear_as_everyone(handle, slot))
    }

    /// Sets an input of what a slot wears. What is out of its range is limited.
    public func set(_ input: String, to value: Float, on slot: UInt32 = everyone) throws {
        try check(moretta_set_input(handle, slot, input, input.utf8.count, value))
    }

    /// Tells all effects in the next frame that the user tapped.
    public func tap() throws {
        try check(moretta_tap(handle))
    }

    // MARK: Donors

    /// Makes a donor of a picture file: JPEG, PNG, WebP or GIF. The bytes are zeroed before this returns, also if it throws;
    /// copies of them that the app has are its own to wipe. Needs consent: that of the person in it is the app's to ask for.
    public func addDonor(_ file: inout Data, _ face: Donor.Face = .only) throws -> Donor {
        var made: OpaquePointer?
        try file.withUnsafeMutableBytes { bytes in
            _ = try check(
                moretta_donor_add(
                    handle, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, face.number, &made))
        }
        return Donor(made)
    }

    /// Makes a donor of 1 to 4 picture files of one person seen from several sides; all are zeroed. What one shows at a slant is
    /// taken from another; their colours become those of the first. In one of them the face has to look into the camera; in
    /// others it may be turned by up to 75 degrees to the side, 50 up or down.
    public func addDonorViews(_ files: inout [Data], _ face: Donor.Face = .only) throws -> Donor {
        // Copies that are the library's to zero; what they are made of is zeroed here.
        let copies = files.map { file in
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: file.count)
            _ = copy.initialize(from: file)
            return copy
        }
        defer { copies.forEach { $0.deallocate() } }
        for index in files.indices {
            files[index].resetBytes(in: files[index].startIndex..<files[index].endIndex)
        }
        let pictures = copies.map { moretta_bytes(data: UnsafePointer($0.baseAddress), len: $0.count) }
        var made: OpaquePointer?
        try pictures.withUnsafeBufferPointer { pictures in
            _ = try check(
                moretta_donor_add_views(handle, pictures.baseAddress, pictures.count, face.number, &made))
        }
        return Donor(made)
    }

    /// As `addDonor` of a file, of a picture that the app decoded, or that its camera took. The buffer is zeroed.
    public func addDonor(
        _ buffer: CVPixelBuffer, _ orientation: Orientation = Orientation(), _ face: Donor.Face = .only
    ) throws -> Donor {
        var made: OpaquePointer?
        try withFrame(buffer, at: .zero, orientation, isGivenUp: true) { frame in
            _ = try check(moretta_donor_add_frame(handle, frame, face.number, &made))
        }
        return Donor(made)
    }

    /// Whose looks a slot takes on from the next frame on; nil for nobody's. Needs consent, as does the next.
    public func give(_ donor: Donor?, to slot: UInt32 = everyone) throws {
        try check(moretta_donor_give(handle, slot, donor?.handle))
    }

    /// Gives a slot what everyone was given, as all have at first.
    public func giveAsEveryone(_ slot: UInt32) throws {
        try check(moretta_donor_give_as_everyone(handle, slot))
    }

    // MARK: Frames

    /// Draws one frame to its end, into a pixel buffer of BGRA as large as the upright frame; it may be the frame's own.
    /// Without consent the frame passes through, turned upright and not analysed.
    @discardableResult
    public func process(
        _ buffer: CVPixelBuffer, at time: CMTime, _ orientation: Orientation = Orientation(),
        into picture: CVPixelBuffer
    ) throws -> FrameResult {
        var result = Self.result()
        try withPicture(picture) { picture in
            try withFrame(buffer, at: time, orientation) { frame in
                _ = try check(moretta_process(handle, frame, picture, &result))
            }
        }
        return FrameResult(raw: result)
    }

    /// Draws one frame into the layer that is attached, and waits until it is drawn. Needs consent.
    @discardableResult
    public func present(
        _ buffer: CVPixelBuffer, at time: CMTime, _ orientation: Orientation = Orientation()
    ) throws -> FrameResult {
        var result = Self.result()
        try withFrame(buffer, at: time, orientation) { frame in
            _ = try check(moretta_present(handle, frame, &result))
        }
        return FrameResult(raw: result)
    }

    /// Copies a frame, to be drawn into the layer that is attached, and returns at once with its token. Needs consent.
    public func submit(
        _ buffer: CVPixelBuffer, at time: CMTime, _ orientation: Orientation = Orientation()
    ) throws -> UInt64 {
        var token: UInt64 = 0
        try withFrame(buffer, at: time, orientation) { frame in
            _ = try check(moretta_submit(handle, frame, &token))
        }
        return token
    }

    /// The oldest end of a submitted frame that was not told yet, waiting at most so long; nil if there is none. Throws what
    /// the frame ended with.
    public func poll(timeoutMilliseconds: UInt32) throws -> FrameResult? {
        var result = Self.result()
        guard try check(moretta_poll(handle, timeoutMilliseconds, &result)) == MORETTA_STATUS_OK else { return nil }
        try check(result.status)
        return FrameResult(raw: result)
    }

    private static func result() -> moretta_result {
        var result = moretta_result()
        result.struct_size = UInt32(MemoryLayout<moretta_result>.size)
        return result
    }

    // MARK: Surfaces

    public enum Fit {
        case cover, contain, stretch
    }

    /// Shows frames there from now on. The layer is held until it is detached; `size` is in physical pixels.
    public func attach(_ layer: CAMetalLayer, size: CGSize, fit: Fit = .cover) throws {
        var surface = moretta_surface()
        surface.struct_size = UInt32(MemoryLayout<moretta_surface>.size)
        surface.kind = UInt32(MORETTA_SURFACE_METAL_LAYER)
        surface.width = pixels(size.width)
        surface.height = pixels(size.height)
        switch fit {
        case .cover: surface.fit = UInt32(MORETTA_FIT_COVER)
        case .contain: surface.fit = UInt32(MORETTA_FIT_CONTAIN)
        case .stretch: surface.fit = UInt32(MORETTA_FIT_STRETCH)
        }
        surface.window = UInt(bitPattern: Unmanaged.passUnretained(layer).toOpaque())
        try check(moretta_surface_attach(handle, &surface))
        self.layer = layer
    }

    /// Sets the layer's size in physical pixels, with the next frame.
    public func resize(to size: CGSize) throws {
        try check(moretta_surface_resize(handle, pixels(size.width), pixels(size.height)))
    }

    /// Lets go of the layer; submitted frames are ended first.
    public func detach() throws {
        try check(moretta_surface_detach(handle))
        layer = nil
    }

    /// Whole pixels; none of what is no length, for which a conversion would end the app.
    private func pixels(_ length: CGFloat) -> UInt32 {
        length >= 0 && length <= 65536 ? UInt32(length) : 0
    }

    // MARK: Lifecycle

    /// For the background: wipes everything and ends the face thread. Device, models, effects and consent stay.
    public func pause() throws {
        try check(moretta_pause(handle))
    }

    /// Goes on after a pause, or after a fault.
    public func resume() throws {
        try check(moretta_resume(handle))
    }

    /// For a memory warning: wipes everything and gives memory back; goes on as it was.
    public func trimMemory() throws {
        try check(moretta_trim_memory(handle))
    }

    // MARK: What a session says of itself

    /// Counts and times since consent was given, none of them of a face; zeros without consent.
    public func statistics() throws -> Statistics {
        var raw = moretta_statistics()
        raw.struct_size = UInt32(MemoryLayout<moretta_statistics>.size)
        try check(moretta_statistics_read(handle, &raw))
        return Statistics(raw: raw)
    }

    /// How faces are dealt with: protections that took hold, the device, hashes of models, disclosures. Needs consent.
    public func report() throws -> String {
        var length = 0
        let form = UInt32(MORETTA_REPORT_TEXT)
        let status = moretta_report(handle, form, nil, 0, &length)
        guard status == MORETTA_STATUS_TOO_SMALL else { throw MorettaError(status) }
        var text = [CChar](repeating: 0, count: length + 1)
        try check(moretta_report(handle, form, &text, text.count, &length))
        return String(cString: text)
    }
}
