package dev.moretta

import java.io.Closeable

/** What the app may set of an effect. */
class Input internal constructor(
    val name: String,
    val kind: InputKind,
    val min: Float,
    val max: Float,
    val initial: Float
)

/** An effect on the device of the session that loaded it. Who wears it goes on wearing it after [close]. */
class Effect internal constructor(internal val handle: Long) : Closeable {
    /** What may be set of it. */
    fun inputs(): List<Input> {
        val inputs = ArrayList<Input>()
        val numbers = FloatArray(4)
        while (true) {
            val name = Native.effectInput(handle, inputs.size, numbers) ?: return inputs
            val kind = InputKind.values().first { it.number == numbers[0].toInt() }
            inputs.add(Input(name, kind, numbers[1], numbers[2], numbers[3]))
        }
    }

    /** Frees the handle. Again does nothing. */
    override fun close() {
        closing { Native.effectFree(handle) }
    }
}

/** Closes what may be closed already. */
internal inline fun closing(close: () -> Unit) {
    try {
        close()
    } catch (exception: MorettaException) {
        if (exception.status != Status.HANDLE) throw exception
    }
}
