package dev.moretta

import java.nio.ByteBuffer

/**
 * A camera frame as it is delivered, in direct buffers: from each one's position to its limit. Nothing is copied.
 *
 * One object can be used for every frame: [set] and the planes overwrite what it was, and no frame allocates. It is read during
 * a call and not kept; the buffers must stay as they are until the call returns.
 */
class Frame {
    /** In the order that `exports.rs` reads: what the frame is, then start, length, row stride and pixel stride of each plane. */
    internal val numbers = LongArray(OF_FRAME + OF_PLANE * PLANES)
    private val buffers = arrayOfNulls<ByteBuffer>(PLANES)

    internal val first: ByteBuffer
        get() = buffers[0] ?: throw MorettaException(Status.ARGUMENT, "the first plane: expected a ByteBuffer, found none")
    internal val isConsumed: Boolean get() = numbers[4] and CONSUMED != 0L
    internal val second: ByteBuffer? get() = buffers[1]
    internal val third: ByteBuffer? get() = buffers[2]

    /**
     * What the frame is. Afterwards it has no planes.
     *
     * @param width of the buffer as delivered, in pixels, as is [height]
     * @param rotationDegrees clockwise, to bring the buffer upright: 0, 90, 180 or 270
     * @param timestampNs when it was taken, on a monotonic clock
     * @param mirror left and right change places, after the rotation: a front camera, as in a mirror
     * @param consumed the planes are zeroed before the call returns; their buffers must not be read-only
     */
    @JvmOverloads
    fun set(
        format: Format,
        width: Int,
        height: Int,
        rotationDegrees: Int,
        timestampNs: Long,
        mirror: Boolean = false,
        consumed: Boolean = false,
        matrix: Matrix = Matrix.BT601,
        levels: Levels = Levels.FULL
    ): Frame {
        numbers[0] = format.number.toLong()
        numbers[1] = width.toLong()
        numbers[2] = height.toLong()
        numbers[3] = rotationDegrees.toLong()
        numbers[4] = (if (mirror) MIRROR else 0L) or (if (consumed) CONSUMED else 0L)
        numbers[5] = matrix.number.toLong()
        numbers[6] = levels.number.toLong()
        numbers[7] = timestampNs
        buffers.fill(null)
        return this
    }

    /** A plane: its memory, and its strides in bytes from one row and one sample to the next. */
    fun plane(index: Int, buffer: ByteBuffer, rowStride: Int, pixelStride: Int): Frame {
        if (index !in 0 until PLANES) {
            throw MorettaException(Status.ARGUMENT, "the plane: expected 0 to ${PLANES - 1}, found $index")
        }
        if (!buffer.isDirect) {
            throw MorettaException(Status.ARGUMENT, "plane $index: expected a direct ByteBuffer, found another one")
        }
        if (buffer.isReadOnly && numbers[4] and CONSUMED != 0L) {
            throw MorettaException(Status.ARGUMENT, "plane $index: expected a buffer that may be zeroed, found a read-only one")
        }
        val at = OF_FRAME + OF_PLANE * index
        numbers[at] = buffer.position().toLong()
        numbers[at + 1] = buffer.remaining().toLong()
        numbers[at + 2] = rowStride.toLong()
        numbers[at + 3] = pixelStride.toLong()
        buffers[index] = buffer
        return this
    }

    /** Lets go of the buffers. */
    fun clear() {
        buffers.fill(null)
    }

    private companion object {
        const val OF_FRAME = 8
        const val OF_PLANE = 4
        const val PLANES = 3
        const val MIRROR = 1L
        const val CONSUMED = 2L
    }
}
