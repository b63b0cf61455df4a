import CMoretta
import CoreMedia
import CoreVideo

/// How a camera's buffer is to be seen.
public struct Orientation {
    /// Clockwise, to bring the buffer upright: 0, 90, 180 or 270.
    public var rotationDegrees: UInt32
    /// Left and right change places, after the rotation: a front camera, as in a mirror.
    public var isMirrored: Bool

    public init(rotationDegrees: UInt32 = 0, isMirrored: Bool = false) {
        self.rotationDegrees = rotationDegrees
        self.isMirrored = isMirrored
    }
}

/// What became of a frame.
public struct FrameResult {
    public enum Presence {
        case notDisclosed, nobody, one, many
    }

    let raw: moretta_result

    /// Of `Session.poll`: which frame.
    public var token: UInt64 { raw.token }
    /// Whether a surface shows it.
    public var isPresented: Bool { raw.presented != 0 }
    /// Whether there is no consent, so that the picture is as it came.
    public var isPassedThrough: Bool { raw.passed_through != 0 }
    public var trackNanoseconds: UInt64 { raw.track_ns }
    public var drawNanoseconds: UInt64 { raw.draw_ns }
    public var wholeNanoseconds: UInt64 { raw.whole_ns }

    /// Who is in sight, if `Options.disclosesPresence` was set.
    public var presence: Presence {
        switch Int32(bitPattern: raw.presence) {
        case MORETTA_PRESENCE_NOBODY: return .nobody
        case MORETTA_PRESENCE_ONE: return .one
        case MORETTA_PRESENCE_MANY: return .many
        default: return .notDisclosed
        }
    }
}

/// Lends a pixel buffer as a frame: `420v`, `420f` or BGRA. Nothing is copied. One that is given up is zeroed.
func withFrame<T>(
    _ buffer: CVPixelBuffer, at time: CMTime, _ orientation: Orientation, isGivenUp: Bool = false,
    _ body: (UnsafePointer<moretta_frame>) throws -> T
) throws -> T {
    try withLocked(buffer, isGivenUp ? [] : .readOnly) {
        var frame = moretta_frame()
        frame.struct_size = UInt32(MemoryLayout<moretta_frame>.size)
        frame.width = UInt32(CVPixelBufferGetWidth(buffer))
        frame.height = UInt32(CVPixelBufferGetHeight(buffer))
        frame.rotation_degrees = orientation.rotationDegrees
        frame.flags = orientation.isMirrored ? UInt32(MORETTA_FRAME_MIRROR) : 0
        frame.timestamp_ns = nanoseconds(time)
        switch CVPixelBufferGetPixelFormatType(buffer) {
        case kCVPixelFormatType_32BGRA:
            frame.format = UInt32(MORETTA_FORMAT_BGRA8)
            frame.plane_count = 1
            frame.planes.0 = plane(
                CVPixelBufferGetBaseAddress(buffer), CVPixelBufferGetBytesPerRow(buffer),
                CVPixelBufferGetWidth(buffer), CVPixelBufferGetHeight(buffer), 4)
        case kCVPixelFormatType_420YpCbCr8BiPlanarVideoRange, kCVPixelFormatType_420YpCbCr8BiPlanarFullRange:
            let isFull =
                CVPixelBufferGetPixelFormatType(buffer) == kCVPixelFormatType_420YpCbCr8BiPlanarFullRange
            frame.format = UInt32(MORETTA_FORMAT_NV12)
            frame.levels = UInt32(isFull ? MORETTA_LEVELS_FULL : MORETTA_LEVELS_LIMITED)
            frame.matrix = UInt32(isBT601(buffer) ? MORETTA_MATRIX_BT601 : MORETTA_MATRIX_BT709)
            frame.plane_count = 2
            frame.planes.0 = plane(of: buffer, 0, 1)
            frame.planes.1 = plane(of: buffer, 1, 2)
        case let other:
            throw MorettaError(
                MORETTA_STATUS_ARGUMENT, "the pixel buffer: expected 420v, 420f or BGRA, found format \(other)")
        }
        return try withUnsafePointer(to: frame, body)
    }
}

/// Lends a BGRA pixel buffer as the place for a picture.
func withPicture<T>(_ buffer: CVPixelBuffer, _ body: (UnsafePointer<moretta_picture>) throws -> T) throws -> T {
    guard CVPixelBufferGetPixelFormatType(buffer) == kCVPixelFormatType_32BGRA else {
        throw MorettaError(MORETTA_STATUS_ARGUMENT, "the picture: expected a pixel buffer of BGRA, found another one")
    }
    return try withLocked(buffer, []) {
        var picture = moretta_picture()
        picture.struct_size = UInt32(MemoryLayout<moretta_picture>.size)
        picture.format = UInt32(MORETTA_FORMAT_BGRA8)
        picture.data = CVPixelBufferGetBaseAddress(buffer)?.assumingMemoryBound(to: UInt8.self)
        picture.row_stride = CVPixelBufferGetBytesPerRow(buffer)
        picture.len = picture.row_stride * CVPixelBufferGetHeight(buffer)
        return try withUnsafePointer(to: picture, body)
    }
}

private func withLocked<T>(
    _ buffer: CVPixelBuffer, _ flags: CVPixelBufferLockFlags, _ body: () throws -> T
) throws -> T {
    guard CVPixelBufferLockBaseAddress(buffer, flags) == kCVReturnSuccess else {
        throw MorettaError(MORETTA_STATUS_ARGUMENT, "the pixel buffer: expected one with memory, found none")
    }
    defer { CVPixelBufferUnlockBaseAddress(buffer, flags) }
    return try body()
}

private func plane(of buffer: CVPixelBuffer, _ index: Int, _ pixelStride: Int) -> moretta_plane {
    plane(
        CVPixelBufferGetBaseAddressOfPlane(buffer, index), CVPixelBufferGetBytesPerRowOfPlane(buffer, index),
        CVPixelBufferGetWidthOfPlane(buffer, index), CVPixelBufferGetHeightOfPlane(buffer, index), pixelStride)
}

/// A plane that ends with the last sample of its last row.
private func plane(
    _ start: UnsafeMutableRawPointer?, _ rowStride: Int, _ width: Int, _ height: Int, _ pixelStride: Int
) -> moretta_plane {
    moretta_plane(
        data: UnsafePointer(start?.assumingMemoryBound(to: UInt8.self)),
        len: max(height - 1, 0) * rowStride + width * pixelStride,
        row_stride: rowStride,
        pixel_stride: pixelStride)
}

/// Whether a buffer says so; HD video, as cameras deliver it, is BT.709.
private func isBT601(_ buffer: CVPixelBuffer) -> Bool {
    let matrix = CVBufferCopyAttachment(buffer, kCVImageBufferYCbCrMatrixKey, nil)
    return matrix as? String == kCVImageBufferYCbCrMatrix_ITU_R_601_4 as String
}

private func nanoseconds(_ time: CMTime) -> UInt64 {
    guard time.isNumeric else { return 0 }
    let scaled = CMTimeConvertScale(time, timescale: 1_000_000_000, method: .roundTowardZero)
    return UInt64(max(scaled.value, 0))
}
