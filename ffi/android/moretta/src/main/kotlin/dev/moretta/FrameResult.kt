package dev.moretta

/** What became of a frame. One object can be used for every frame. */
class FrameResult {
    /** In the order that `exports.rs` writes. */
    internal val numbers = LongArray(8)

    /** Of the frame, as [Session.poll] tells it: one of [Status]. */
    val status: Int get() = numbers[0].toInt()
    /** Of [Session.poll]: which frame. */
    val token: Long get() = numbers[1]
    val presence: Presence get() = Presence.values().first { it.number.toLong() == numbers[2] }
    /** Whether a surface shows it. */
    val presented: Boolean get() = numbers[3] != 0L
    /** Whether there is no consent, so that the picture is as it came. */
    val passedThrough: Boolean get() = numbers[4] != 0L
    val trackNs: Long get() = numbers[5]
    val drawNs: Long get() = numbers[6]
    val wholeNs: Long get() = numbers[7]
}

/** Counts and times since consent was given; none of a face. */
class Statistics internal constructor(private val numbers: LongArray) {
    val quality: Quality? get() = Quality.values().firstOrNull { it.number.toLong() == numbers[0] }
    val frames: Long get() = numbers[1]
    val failed: Long get() = numbers[2]
    val dropped: Long get() = numbers[3]
    val wipes: Long get() = numbers[4]
    val lockedBytes: Long get() = numbers[5]
    val lastTrackNs: Long get() = numbers[6]
    val lastDrawNs: Long get() = numbers[7]
    val lastWholeNs: Long get() = numbers[8]
    val meanTrackNs: Long get() = numbers[9]
    val meanDrawNs: Long get() = numbers[10]
    val meanWholeNs: Long get() = numbers[11]
}
