package dev.moretta

import java.nio.ByteBuffer

/** How a session is made. Null is the default of each. */
class Options(
    /** [Policy.STRICT] by default. Phones lock little memory, if any: [Policy.BEST_EFFORT] says what they grant. */
    val policy: Policy? = null,
    /** [Backing.ANONYMOUS] by default. */
    val backing: Backing? = null,
    /** How many faces are followed: 1 to 16; 4 by default. */
    val maxFaces: Int? = null,
    /** [Range.AUTO] by default. */
    val range: Range? = null,
    /** [Smoothing.ON] by default. */
    val smoothing: Smoothing? = null,
    /** [Quality.HIGH] by default. */
    val quality: Quality? = null,
    /** What a frame may take with [Quality.ADAPTIVE], in microseconds; 33000 by default. */
    val frameBudgetUs: Int? = null,
    /** Whether the app is told if nobody, one person or more are in sight. A disclosure, which the report lists. */
    val disclosePresence: Boolean = false,
    /** [Software.ALLOWED] by default. */
    val software: Software? = null,
    /** The lens: the angle from the top of the upright frame to its bottom; 63 by default. */
    val fovYDegrees: Float? = null,
    /**
     * Whether faces are looked for in a submitted frame while the device draws the one before, which it may then hold a little
     * longer than until its end is told.
     */
    val overlap: Boolean = false,
    /** Use this session's device and models, which saves most of the start; its effects are good for both. */
    val shareWith: Session? = null,
    /** The .onnx files in direct buffers, from first byte to capacity; only those that Moretta knows. Else those built in. */
    val models: List<ByteBuffer>? = null
)
