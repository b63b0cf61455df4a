package dev.moretta

import java.io.Closeable

/**
 * A face of a photo whose looks faces take on, where what they wear swaps them for a photo's. Face data, though this holds none:
 * it ends with [close], a pause, [Session.trimMemory], [Session.wipeAll], a fault, a consent that is revoked or given anew, and
 * with its session. Used afterwards it is [Status.HANDLE].
 */
class Donor internal constructor(internal val handle: Long) : Closeable {
    /** Wipes it: it is gone when this returns. [Status.BUSY] if another thread is in its session. Again does nothing. */
    override fun close() = closing { Native.donorFree(handle) }
}
