package dev.moretta

// The numbers are those of moretta.h; a test compares them. Each enum says its header's names with its own prefix.

/** What a call answers, and a [MorettaException] says. */
object Status {
    const val OK = 0
    const val EMPTY = 1
    const val ARGUMENT = -1
    const val ABI = -2
    const val HANDLE = -3
    const val BUSY = -4
    const val NO_CONSENT = -5
    const val PAUSED = -6
    const val POISONED = -7
    const val DEVICE = -8
    const val MODEL = -9
    const val PACK = -10
    const val PROTECTION = -11
    const val FILE = -12
    const val TOO_SMALL = -13
    const val NO_SURFACE = -14
    const val FORKED = -15
    const val NO_FACE = -16
    const val SEVERAL_FACES = -17
    const val UNFIT_FACE = -18
    const val PICTURE = -19
    const val BUG = -99
}

/** How much of the memory protection must take hold. */
enum class Policy(internal val number: Int) {
    /** All that the system offers, or the session refuses to start analysing. */
    STRICT(1),
    /** What the system grants: [Session.report] says what that is. */
    BEST_EFFORT(2)
}

/** Where face memory lies. */
enum class Backing(internal val number: Int) {
    ANONYMOUS(1),
    /** `memfd_secret`, where Linux has it. */
    SECRET(2)
}

/** How far faces are found. */
enum class Range(internal val number: Int) {
    /** Near faces, as before a phone held in the hand. */
    SHORT(1),
    /** Smaller ones too, at some three times the cost. */
    FULL(2),
    /** Both, as they are needed. */
    AUTO(3)
}

/** Whether landmarks are smoothed over time. */
enum class Smoothing(internal val number: Int) {
    ON(1),
    /** For stills. */
    OFF(2)
}

/** How much is drawn. */
enum class Quality(internal val number: Int) {
    LOW(1),
    MEDIUM(2),
    HIGH(3),
    /** As high as fits [Options.frameBudgetUs]. */
    ADAPTIVE(4)
}

/** Whether drawing may be done without a graphics device. */
enum class Software(internal val number: Int) {
    ALLOWED(1),
    ONLY(2),
    REFUSED(3)
}

/** Who consented. */
enum class AgeBand(internal val number: Int) {
    /** The person said to be fourteen or older. */
    FROM_14(1),
    /** The person said to be younger, and a guardian was asked and consented. */
    UNDER_14_WITH_GUARDIAN(2)
}

/** How a frame's memory is laid out. */
enum class Format(internal val number: Int) {
    RGBA8(1),
    BGRA8(2),
    NV12(3),
    NV21(4),
    I420(5),
    YV12(6),
    /** Android's: luma, U, V, the last two with a pixel stride of 1 or 2. */
    YUV_420_888(7)
}

/** How luma and chroma become colours. */
enum class Matrix(internal val number: Int) {
    BT601(1),
    BT709(2)
}

/** What black and white are. */
enum class Levels(internal val number: Int) {
    /** 0 to 255. */
    FULL(1),
    /** 16 to 235. */
    LIMITED(2)
}

/** How a picture fills a surface. */
enum class Fit(internal val number: Int) {
    COVER(1),
    CONTAIN(2),
    STRETCH(3)
}

/** Who is in sight. */
enum class Presence(internal val number: Int) {
    /** [Options.disclosePresence] is off. */
    NOT_DISCLOSED(0),
    NOBODY(1),
    ONE(2),
    MANY(3)
}

/** What an input of an effect is. */
enum class InputKind(internal val number: Int) {
    /** A parameter: it keeps its value until it is set again. */
    PARAM(1),
    /** Set by [Session.tap]. */
    TAP(2),
    /** A trigger that the app sets. */
    TRIGGER(3)
}

/** Which face of a photo is meant. */
enum class DonorFace(internal val number: Int) {
    /** The only one: several are [Status.SEVERAL_FACES]. */
    ONLY(1),
    /** The largest one. */
    LARGEST(2)
}

/** In which form a session says of itself. */
enum class ReportForm(internal val number: Int) {
    TEXT(1),
    JSON(2)
}
