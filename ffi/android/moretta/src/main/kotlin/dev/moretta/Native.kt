package dev.moretta

import java.nio.ByteBuffer

/**
 * What the native half in `ffi/jni` exports. A test compares both.
 *
 * Handles are numbers that are looked up and never followed. What fails is thrown as a [MorettaException].
 */
internal object Native {
    init {
        System.loadLibrary("moretta_jni")
    }

    @JvmStatic external fun version(): String

    @JvmStatic external fun create(
        policy: Int,
        backing: Int,
        maxFaces: Int,
        range: Int,
        smoothing: Int,
        quality: Int,
        frameBudgetUs: Int,
        disclosePresence: Int,
        software: Int,
        fovYDegrees: Float,
        overlap: Int,
        shareWith: Long,
        models: Array<ByteBuffer>?
    ): Long

    @JvmStatic external fun destroy(session: Long)

    @JvmStatic external fun check(session: Long): Int

    @JvmStatic external fun consentGive(session: Long, ageBand: Int)

    @JvmStatic external fun consentRevoke(session: Long)

    @JvmStatic external fun effectFromBytes(session: Long, pack: ByteBuffer, start: Int, len: Int): Long

    @JvmStatic external fun effectFromPath(session: Long, path: String): Long

    @JvmStatic external fun effectFree(effect: Long)

    @JvmStatic external fun effectInput(effect: Long, index: Int, numbers: FloatArray): String?

    @JvmStatic external fun wear(session: Long, slot: Int, effect: Long)

    @JvmStatic external fun wearAsEveryone(session: Long, slot: Int)

    @JvmStatic external fun setInput(session: Long, slot: Int, name: String, value: Float)

    @JvmStatic external fun tap(session: Long)

    @JvmStatic external fun donorAdd(session: Long, file: ByteBuffer, start: Int, len: Int, face: Int): Long

    @JvmStatic external fun donorAddViews(
        session: Long,
        spans: LongArray,
        first: ByteBuffer?,
        second: ByteBuffer?,
        third: ByteBuffer?,
        fourth: ByteBuffer?,
        face: Int
    ): Long

    @JvmStatic external fun donorAddFrame(
        session: Long,
        numbers: LongArray,
        first: ByteBuffer,
        second: ByteBuffer?,
        third: ByteBuffer?,
        face: Int
    ): Long

    @JvmStatic external fun donorFree(donor: Long)

    @JvmStatic external fun donorGive(session: Long, slot: Int, donor: Long)

    @JvmStatic external fun donorGiveAsEveryone(session: Long, slot: Int)

    @JvmStatic external fun process(
        session: Long,
        numbers: LongArray,
        first: ByteBuffer,
        second: ByteBuffer?,
        third: ByteBuffer?,
        picture: ByteBuffer,
        start: Int,
        len: Int,
        format: Int,
        rowStride: Int,
        result: LongArray?
    )

    @JvmStatic external fun present(
        session: Long,
        numbers: LongArray,
        first: ByteBuffer,
        second: ByteBuffer?,
        third: ByteBuffer?,
        result: LongArray?
    )

    @JvmStatic external fun submit(
        session: Long,
        numbers: LongArray,
        first: ByteBuffer,
        second: ByteBuffer?,
        third: ByteBuffer?
    ): Long

    @JvmStatic external fun poll(session: Long, timeoutMs: Int, result: LongArray): Int

    @JvmStatic external fun surfaceAttach(
        session: Long,
        surface: android.view.Surface,
        width: Int,
        height: Int,
        fit: Int,
        flags: Int
    )

    @JvmStatic external fun surfaceResize(session: Long, width: Int, height: Int)

    @JvmStatic external fun surfaceDetach(session: Long)

    @JvmStatic external fun pause(session: Long)

    @JvmStatic external fun resume(session: Long)

    @JvmStatic external fun trimMemory(session: Long)

    @JvmStatic external fun wipeAll()

    @JvmStatic external fun statistics(session: Long, out: LongArray)

    @JvmStatic external fun report(session: Long, form: Int): String
}
