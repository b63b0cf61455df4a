package dev.moretta

// The Kotlin API on a desktop's Java virtual machine, against the real library: `cargo xtask test-ffi` runs it with -Xcheck:jni.
// Its classes of Android are those in ../signatures. Arguments: the folder of the repository.

import java.io.ByteArrayOutputStream
import java.io.File
import java.lang.reflect.InvocationTargetException
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import java.util.zip.CRC32
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream
import javax.imageio.ImageIO
import kotlin.concurrent.thread
import kotlin.system.exitProcess

private val failures = AtomicInteger()

private fun check(what: String, truth: Boolean, found: () -> Any? = { "" }) {
    if (!truth) {
        println("FAILED: $what ${found()}")
        failures.incrementAndGet()
    }
}

/** Whether `call` is answered with this status, and in words. */
private fun refused(what: String, status: Int, words: String = "", call: () -> Unit) {
    try {
        call()
        check("$what: expected status $status, found none", false)
    } catch (exception: MorettaException) {
        val text = exception.message ?: ""
        check(what, exception.status == status && text.isNotEmpty() && words in text) { "${exception.status}: $text" }
    }
}

private fun direct(bytes: ByteArray, room: Int = bytes.size): ByteBuffer {
    val buffer = ByteBuffer.allocateDirect(room)
    buffer.put(bytes)
    buffer.position(0)
    return buffer
}

private fun bytesOf(buffer: ByteBuffer): ByteArray {
    val copy = buffer.duplicate()
    copy.clear()
    return ByteArray(copy.remaining()).also { copy.get(it) }
}

private const val WIDTH = 64
private const val HEIGHT = 48

/** A colourful picture as luma and chroma: U and V of each two by two pixels. */
private class Yuv(val width: Int, val height: Int) {
    val chromaWidth = (width + 1) / 2
    val chromaHeight = (height + 1) / 2

    fun y(x: Int, y: Int) = (16 + (x * 7 + y * 3) % 200).toByte()

    fun u(x: Int, y: Int) = (60 + (x * 5 + y * 11) % 130).toByte()

    fun v(x: Int, y: Int) = (60 + (x * 13 + y * 2) % 130).toByte()

    /** A plane with so many bytes a row and a sample, from byte [start] of its buffer on, that ends with its last sample. */
    fun plane(columns: Int, rows: Int, rowStride: Int, pixelStride: Int, start: Int, of: (Int, Int) -> Byte): ByteBuffer {
        val len = (rows - 1) * rowStride + (columns - 1) * pixelStride + 1
        val buffer = ByteBuffer.allocateDirect(start + len)
        for (row in 0 until rows) for (column in 0 until columns) {
            buffer.put(start + row * rowStride + column * pixelStride, of(column, row))
        }
        buffer.position(start)
        return buffer
    }

    /** As a camera of Android delivers it: rows with a gap, chroma in one buffer that both planes show. */
    fun android(frame: Frame, pixelStride: Int, uFirst: Boolean) {
        frame.set(Format.YUV_420_888, width, height, 0, 1)
        frame.plane(0, plane(width, height, width + 24, 1, 5, ::y).asReadOnlyBuffer(), width + 24, 1)
        if (pixelStride == 1) {
            val stride = chromaWidth + 7
            frame.plane(1, plane(chromaWidth, chromaHeight, stride, 1, 0, ::u), stride, 1)
            frame.plane(2, plane(chromaWidth, chromaHeight, stride, 1, 3, ::v), stride, 1)
            return
        }
        val stride = 2 * chromaWidth + 10
        val (first, second) = if (uFirst) Pair(::u, ::v) else Pair(::v, ::u)
        val both = ByteBuffer.allocateDirect((chromaHeight - 1) * stride + 2 * chromaWidth)
        for (row in 0 until chromaHeight) for (column in 0 until chromaWidth) {
            both.put(row * stride + 2 * column, first(column, row))
            both.put(row * stride + 2 * column + 1, second(column, row))
        }
        // The last byte of each is missing, as it is on a phone.
        val one = both.duplicate().also { it.limit(both.capacity() - 1) }
        val two = both.duplicate().also { it.position(1) }
        frame.plane(1, (if (uFirst) one else two).slice(), stride, 2)
        frame.plane(2, (if (uFirst) two else one).slice(), stride, 2)
    }

    fun pairs(frame: Frame, format: Format) {
        val (first, second) = if (format == Format.NV12) Pair(::u, ::v) else Pair(::v, ::u)
        val pairs = plane(2 * chromaWidth, chromaHeight, 2 * chromaWidth, 1, 0) { x, y ->
            if (x % 2 == 0) first(x / 2, y) else second(x / 2, y)
        }
        frame.set(format, width, height, 0, 1)
        frame.plane(0, plane(width, height, width, 1, 0, ::y), width, 1)
        frame.plane(1, pairs, 2 * chromaWidth, 2)
    }

    fun planar(frame: Frame, format: Format) {
        val u = plane(chromaWidth, chromaHeight, chromaWidth, 1, 0, ::u)
        val v = plane(chromaWidth, chromaHeight, chromaWidth, 1, 0, ::v)
        frame.set(format, width, height, 0, 1)
        frame.plane(0, plane(width, height, width, 1, 0, ::y), width, 1)
        frame.plane(1, if (format == Format.I420) u else v, chromaWidth, 1)
        frame.plane(2, if (format == Format.I420) v else u, chromaWidth, 1)
    }
}

/** Red, green, blue, alpha. */
private fun someRgba(width: Int = WIDTH, height: Int = HEIGHT): ByteArray =
    ByteArray(width * height * 4) { if (it % 4 == 3) -1 else (it * 31 % 251).toByte() }

private fun rgbaFrame(frame: Frame, buffer: ByteBuffer, width: Int = WIDTH, height: Int = HEIGHT, rotation: Int = 0): Frame {
    frame.set(Format.RGBA8, width, height, rotation, 1)
    return frame.plane(0, buffer, width * 4, 4)
}

/** A pack's folder as the .mask file that an app has in its assets. */
private fun mask(folder: File): ByteArray {
    val out = ByteArrayOutputStream()
    val files = folder.walk().filter { it.isFile }.sortedBy { if (it.name == "effect.json") "" else it.path }
    ZipOutputStream(out).use { zip ->
        zip.setMethod(ZipOutputStream.STORED)
        for (file in files) {
            val bytes = file.readBytes()
            val entry = ZipEntry(file.relativeTo(folder).invariantSeparatorsPath)
            entry.size = bytes.size.toLong()
            entry.crc = CRC32().also { it.update(bytes) }.value
            zip.putNextEntry(entry)
            zip.write(bytes)
        }
    }
    return out.toByteArray()
}

/** Without consent frames pass through, the same in every layout. */
private fun layouts(session: Session) {
    val frame = Frame()
    val result = FrameResult()
    for ((width, height) in listOf(WIDTH to HEIGHT, 33 to 17)) {
        val yuv = Yuv(width, height)
        var expected: ByteArray? = null
        val layouts = listOf<Pair<String, () -> Unit>>(
            "NV12" to { yuv.pairs(frame, Format.NV12) },
            "NV21" to { yuv.pairs(frame, Format.NV21) },
            "I420" to { yuv.planar(frame, Format.I420) },
            "YV12" to { yuv.planar(frame, Format.YV12) },
            "420_888 planar" to { yuv.android(frame, 1, true) },
            "420_888, U first" to { yuv.android(frame, 2, true) },
            "420_888, V first" to { yuv.android(frame, 2, false) }
        )
        for ((name, layout) in layouts) {
            layout()
            val picture = ByteBuffer.allocateDirect(width * height * 4)
            session.process(frame, picture, width * 4, result = result)
            val found = bytesOf(picture)
            check("$name passes through", result.passedThrough && result.presence == Presence.NOT_DISCLOSED)
            check("$name is a picture", found.toSet().size > 50)
            check("$name is as the others", expected?.contentEquals(found) ?: true)
            expected = found
        }
    }
    val rgba = someRgba()
    val picture = ByteBuffer.allocateDirect(rgba.size + 16)
    picture.position(16)
    session.process(rgbaFrame(frame, direct(rgba)), picture, WIDTH * 4)
    check("RGBA is itself", bytesOf(picture).drop(16) == rgba.toList())
    check("nothing before the picture", bytesOf(picture).take(16).all { it == 0.toByte() })
    picture.position(0)
    picture.limit(rgba.size)
    session.process(rgbaFrame(frame, direct(rgba), rotation = 90), picture, HEIGHT * 4)
    val upright = bytesOf(picture)
    check("turned by 90 degrees the lower left corner is the upper left", (0..3).all { upright[it] == rgba[(HEIGHT - 1) * WIDTH * 4 + it] })

    val given = direct(rgba)
    frame.set(Format.RGBA8, WIDTH, HEIGHT, 0, 1, consumed = true).plane(0, given, WIDTH * 4, 4)
    session.process(frame, picture, WIDTH * 4)
    check("what is consumed is zeroed", bytesOf(given).all { it == 0.toByte() })
    println("layouts ok")
}

/** What a careless app does with memory. */
private fun memory(session: Session) {
    val frame = Frame()
    val picture = ByteBuffer.allocateDirect(WIDTH * HEIGHT * 4)
    val rgba = direct(someRgba())
    val whole = { rgbaFrame(frame, rgba) }
    session.process(whole(), picture, WIDTH * 4)

    refused("a buffer on the heap", Status.ARGUMENT, "direct") { frame.plane(0, ByteBuffer.allocate(9), 1, 1) }
    refused("a fourth plane", Status.ARGUMENT) { frame.plane(3, rgba, 1, 1) }
    refused("no plane", Status.ARGUMENT, "first plane") { session.process(Frame().set(Format.RGBA8, 1, 1, 0, 0), picture, 4) }
    refused("a read-only picture", Status.ARGUMENT, "read-only") { session.process(whole(), picture.asReadOnlyBuffer(), WIDTH * 4) }
    refused("a read-only frame to be zeroed", Status.ARGUMENT, "read-only") {
        Frame().set(Format.RGBA8, WIDTH, HEIGHT, 0, 1, consumed = true).plane(0, rgba.asReadOnlyBuffer(), WIDTH * 4, 4)
    }
    refused("a picture on the heap", Status.ARGUMENT, "direct") { session.process(whole(), ByteBuffer.allocate(WIDTH * HEIGHT * 4), WIDTH * 4) }
    refused("a picture that is too small", Status.ARGUMENT) { session.process(whole(), ByteBuffer.allocateDirect(WIDTH * HEIGHT * 4 - 1), WIDTH * 4) }
    refused("a plane that is too small", Status.ARGUMENT) {
        val less = rgba.duplicate()
        less.limit(WIDTH * HEIGHT * 4 - 1)
        session.process(rgbaFrame(frame, less), picture, WIDTH * 4)
    }
    for (stride in listOf(0, -1, 1, Int.MAX_VALUE, Int.MIN_VALUE)) {
        refused("a row stride of $stride", Status.ARGUMENT) {
            frame.set(Format.RGBA8, WIDTH, HEIGHT, 0, 1).plane(0, rgba, stride, 4)
            session.process(frame, picture, WIDTH * 4)
        }
        refused("a picture's row stride of $stride", Status.ARGUMENT) { session.process(whole(), picture, stride) }
    }
    for (size in listOf(0, -1, 16385, Int.MAX_VALUE)) {
        refused("$size pixels", Status.ARGUMENT) { session.process(frame.set(Format.RGBA8, size, size, 0, 1).plane(0, rgba, 4, 4), picture, 4) }
    }
    refused("a format that has more planes", Status.ARGUMENT) {
        session.process(frame.set(Format.NV12, WIDTH, HEIGHT, 0, 1).plane(0, rgba, WIDTH, 1), picture, WIDTH * 4)
    }
    refused("an angle of 45 degrees", Status.ARGUMENT, "rotation") {
        session.process(frame.set(Format.RGBA8, WIDTH, HEIGHT, 45, 1).plane(0, rgba, WIDTH * 4, 4), picture, WIDTH * 4)
    }
    refused("a pack on the heap", Status.ARGUMENT, "direct") { session.loadEffect(ByteBuffer.allocate(8)) }
    refused("a pack that is none", Status.PACK) { session.loadEffect(ByteArray(100)) }
    refused("an empty pack", Status.PACK) { session.loadEffect(ByteArray(0)) }
    refused("a pack that is not there", Status.FILE, "/nowhere") { session.loadEffect("/nowhere") }
    refused("models that are none", Status.MODEL) { Session(Options(models = listOf(ByteBuffer.allocateDirect(64)))) }
    refused("models on the heap", Status.ARGUMENT, "direct") { Session(Options(models = listOf(ByteBuffer.allocate(64)))) }
    refused("17 faces", Status.ARGUMENT, "max_faces") { Session(Options(maxFaces = 17)) }

    // Parts that the API does not make: the native half looks again.
    val numbers = LongArray(20)
    fun native(start: Long, len: Long) {
        numbers[0] = 1
        numbers[1] = 2
        numbers[2] = 2
        numbers[8] = start
        numbers[9] = len
        numbers[10] = 8
        numbers[11] = 4
        Native.process(longOf(session), numbers, rgba, null, null, picture, 0, 16, 1, 8, null)
    }
    native(0, 16)
    for ((start, len) in listOf(-1L to 16L, 0L to Long.MAX_VALUE, Long.MAX_VALUE to Long.MAX_VALUE, 0L to -1L, 12288L to 1L)) {
        refused("part $start $len", Status.ARGUMENT, "part of a buffer") { native(start, len) }
    }
    println("memory ok")
}

private fun longOf(session: Session): Long {
    val field = Session::class.java.getDeclaredField("handle")
    field.isAccessible = true
    return field.getLong(session)
}

/** Every native method with null, zero and nonsense everywhere: answered, or thrown, and never more. */
private fun nulls() {
    var called = 0
    for (method in Native::class.java.declaredMethods.filter { java.lang.reflect.Modifier.isNative(it.modifiers) }) {
        for (number in listOf(0L, -1L, 1L, 0x7fff_0010L, Long.MIN_VALUE)) {
            val arguments = method.parameterTypes.map<Class<*>, Any?> { type ->
                when (type) {
                    Long::class.javaPrimitiveType -> number
                    Int::class.javaPrimitiveType -> if (method.name == "create") 77 else number.toInt()
                    Float::class.javaPrimitiveType -> Float.NaN
                    else -> null
                }
            }
            try {
                method.invoke(null, *arguments.toTypedArray())
            } catch (thrown: InvocationTargetException) {
                val cause = thrown.targetException
                check("${method.name} with null", cause is MorettaException && cause.status != Status.BUG) { cause }
            }
            called++
        }
    }
    check("calls with null", called > 100) { called }
    println("$called calls with null and handles that are none ok")
}

/** A portrait gets glasses, and nothing else changes. */
private fun portrait(session: Session, root: File) {
    val picture = ImageIO.read(File(root, "examples/media/astronaut.png"))
    val (width, height) = Pair(picture.width, picture.height)
    val rgba = ByteArray(width * height * 4)
    for (y in 0 until height) for (x in 0 until width) {
        val pixel = picture.getRGB(x, y)
        val at = (y * width + x) * 4
        rgba[at] = (pixel shr 16).toByte()
        rgba[at + 1] = (pixel shr 8).toByte()
        rgba[at + 2] = pixel.toByte()
        rgba[at + 3] = -1
    }
    refused("wearing without consent", Status.NO_CONSENT) { session.wear(null) }
    check("no consent", session.state == Status.NO_CONSENT)
    refused("a report without consent", Status.NO_CONSENT) { session.report() }
    session.giveConsent(AgeBand.FROM_14)
    check("consent", session.state == Status.OK)

    val effect = session.loadEffect(mask(File(root, "effects/glasses")))
    session.wear(effect)
    val frame = rgbaFrame(Frame(), direct(rgba), width, height)
    val out = ByteBuffer.allocateDirect(rgba.size)
    val result = FrameResult()
    session.process(frame, out, width * 4, result = result)
    val finished = bytesOf(out)
    check("analysed", !result.passedThrough && result.trackNs > 0 && result.wholeNs > 0)
    /** How many pixels of two pictures differ by more than what drawing and smoothing do. */
    fun differences(one: ByteArray, other: ByteArray) = (one.indices step 4).count { at ->
        (0..2).any { Math.abs((one[at + it].toInt() and 255) - (other[at + it].toInt() and 255)) > 24 }
    }
    val changed = differences(rgba, finished)
    check("glasses are drawn", changed in 200..10_000) { "$changed pixels" }
    check("the corner stays", (0 until width * 4 * 16).all { rgba[it] == finished[it] })

    val place = direct(rgba)
    rgbaFrame(frame, place, width, height)
    session.process(frame, place, width * 4)
    // The face is followed now, no longer sought, so that some of the glasses' edges lie a little elsewhere.
    val moved = differences(finished, bytesOf(place))
    check("in place as elsewhere", moved < changed / 4) { "$moved of $changed pixels" }
    session.loadEffect(File(root, "effects/glasses").path).use { session.wear(it) }
    effect.close()
    effect.close()
    refused("an effect that was freed", Status.HANDLE, "destroyed") { session.wear(effect) }
    refused("inputs of an effect that was freed", Status.HANDLE) { effect.inputs() }
    val other = session.loadEffect(File(root, "effects/cat").path)
    for (input in other.inputs()) {
        check("an input's range", input.name.isNotEmpty() && input.min <= input.initial && input.initial <= input.max)
    }
    session.wear(other, 0)
    session.wearAsEveryone(0)
    refused("slot 16", Status.ARGUMENT) { session.wear(other, 16) }
    refused("an input that is none", Status.ARGUMENT, "no such") { session.set("no such", 1f) }
    session.tap()
    val statistics = session.statistics()
    check("statistics", statistics.frames >= 2L && statistics.meanWholeNs > 0 && statistics.quality == Quality.HIGH)
    check("a report", "face heap installed: yes" in session.report() && session.report(ReportForm.JSON).startsWith("{"))
    println("portrait ok: $changed pixels of glasses")
}

/** Photos whose looks a face takes on. */
private fun donors(session: Session, root: File) {
    val file = File(root, "examples/media/astronaut.png")
    session.wear(session.loadEffect(File(root, "effects/photo").path))
    val bytes = file.readBytes()
    val donor = session.addDonor(bytes)
    check("the file's bytes are zeroed", bytes.all { it == 0.toByte() })
    session.give(donor)
    session.give(donor, 3)
    session.giveAsEveryone(3)
    session.give(null, 3)
    refused("a donor for slot 16", Status.ARGUMENT) { session.give(donor, 16) }
    donor.close()
    donor.close()
    refused("a donor that was wiped", Status.HANDLE) { session.give(donor) }

    val picture = ImageIO.read(file)
    val pixels = ByteBuffer.allocateDirect(picture.width * picture.height * 4)
    for (y in 0 until picture.height) for (x in 0 until picture.width) {
        val pixel = picture.getRGB(x, y)
        for (channel in listOf(pixel shr 16, pixel shr 8, pixel, 255)) pixels.put(channel.toByte())
    }
    pixels.position(0)
    val frame = rgbaFrame(Frame(), pixels, picture.width, picture.height)
    refused("a donor of a frame that is kept", Status.ARGUMENT, "consumed") { session.addDonor(frame) }
    check("what was refused is as it was", bytesOf(pixels).any { it != 0.toByte() })
    frame.set(Format.RGBA8, picture.width, picture.height, 0, 0, consumed = true).plane(0, pixels, picture.width * 4, 4)
    session.addDonor(frame, DonorFace.LARGEST).use { session.give(it) }
    check("the frame's bytes are zeroed", bytesOf(pixels).all { it == 0.toByte() })
    refused("a donor of a black frame", Status.NO_FACE) { session.addDonor(frame) }

    val views = List(2) { direct(file.readBytes()) }
    session.addDonorViews(views).use { session.give(it) }
    check("the bytes of both files are zeroed", views.all { view -> bytesOf(view).all { it == 0.toByte() } })
    refused("a donor of no photos", Status.ARGUMENT) { session.addDonorViews(emptyList()) }
    val five = List(5) { direct(ByteArray(9) { 7 }) }
    refused("a donor of five photos", Status.ARGUMENT, "at most 4") { session.addDonorViews(five) }
    check("the bytes of all five are zeroed", five.all { view -> bytesOf(view).all { it == 0.toByte() } })
    val writable = direct(ByteArray(9) { 7 })
    refused("a read-only photo beside another", Status.ARGUMENT, "read-only") {
        session.addDonorViews(listOf(writable, direct(ByteArray(9)).asReadOnlyBuffer()))
    }
    check("the other's bytes are zeroed", bytesOf(writable).all { it == 0.toByte() })
    refused("a second photo that is none", Status.PICTURE) {
        session.addDonorViews(listOf(direct(file.readBytes()), direct(ByteArray(100) { 7 })))
    }
    refused("a photo that is given twice", Status.ARGUMENT, "overlap") {
        session.addDonorViews(direct(file.readBytes()).let { listOf(it, it) })
    }

    refused("a photo that is none", Status.PICTURE) { session.addDonor(ByteArray(100) { 7 }) }
    refused("a read-only photo", Status.ARGUMENT, "read-only") { session.addDonor(direct(ByteArray(9)).asReadOnlyBuffer()) }
    refused("a photo on the heap", Status.ARGUMENT, "direct") { session.addDonor(ByteBuffer.allocate(9)) }
    val paused = session.addDonor(file.readBytes())
    session.pause()
    session.resume()
    refused("a donor that a pause has wiped", Status.HANDLE) { session.give(paused) }
    paused.close()
    println("donors ok")
}

/** Calls in another order, and from other threads. */
private fun order(session: Session) {
    val frame = rgbaFrame(Frame(), direct(someRgba()))
    val picture = ByteBuffer.allocateDirect(WIDTH * HEIGHT * 4)
    val result = FrameResult()
    session.pause()
    session.pause()
    refused("a frame of a paused session", Status.PAUSED) { session.process(frame, picture, WIDTH * 4) }
    check("paused", session.state == Status.PAUSED)
    session.resume()
    session.resume()
    session.trimMemory()
    session.process(frame, picture, WIDTH * 4)
    check("nothing was submitted", !session.poll(result, 0))
    refused("presenting nowhere", Status.NO_SURFACE) { session.present(frame) }
    refused("submitting nowhere", Status.NO_SURFACE) { session.submit(frame) }
    refused("resizing nothing", Status.NO_SURFACE) { session.resize(1, 1) }
    session.detach()
    refused("a surface where there are none", Status.DEVICE, "Android") { session.attach(android.view.Surface(), 64, 48) }

    val running = AtomicBoolean(true)
    val begun = AtomicInteger()
    val worker = thread {
        while (running.get()) {
            try {
                session.process(frame, picture, WIDTH * 4)
            } catch (exception: MorettaException) {
                // The last frame of a consent that is revoked meanwhile ends without one.
                check("a worker", exception.status in listOf(Status.BUSY, Status.NO_CONSENT)) { exception }
            }
            begun.incrementAndGet()
        }
    }
    var busy = 0
    val end = System.nanoTime() + 20_000_000_000L
    while (busy < 20 && System.nanoTime() < end) {
        try {
            session.tap()
        } catch (exception: MorettaException) {
            check("another thread", exception.status == Status.BUSY) { exception }
            busy++
        }
    }
    check("another thread is told so", busy == 20) { busy }
    Session.wipeAll()
    session.revokeConsent()
    val before = begun.get()
    while (begun.get() < before + 2) Thread.sleep(1)
    running.set(false)
    worker.join()
    session.process(frame, picture, WIDTH * 4, result = result)
    check("revoked from another thread", session.state == Status.NO_CONSENT && result.passedThrough)
    println("order and threads ok")
}

private fun closed(session: Session) {
    val frame = rgbaFrame(Frame(), direct(someRgba()))
    val picture = ByteBuffer.allocateDirect(WIDTH * HEIGHT * 4)
    val sharing = Session(Options(policy = Policy.BEST_EFFORT, shareWith = session))
    session.close()
    session.close()
    check("state of a closed session", session.state == Status.HANDLE)
    val calls = listOf<() -> Unit>(
        { session.process(frame, picture, WIDTH * 4) },
        { session.present(frame) },
        { session.submit(frame) },
        { session.poll(FrameResult(), 0) },
        { session.giveConsent(AgeBand.FROM_14) },
        { session.revokeConsent() },
        { session.loadEffect(ByteArray(8)) },
        { session.loadEffect("x") },
        { session.wear(null) },
        { session.wearAsEveryone(0) },
        { session.set("x", 1f) },
        { session.tap() },
        { session.addDonor(ByteArray(8)) },
        { session.addDonorViews(listOf(direct(ByteArray(8)))) },
        { session.give(null) },
        { session.giveAsEveryone(0) },
        { session.attach(android.view.Surface(), 1, 1) },
        { session.resize(1, 1) },
        { session.detach() },
        { session.pause() },
        { session.resume() },
        { session.trimMemory() },
        { session.statistics() },
        { session.report() },
        { Session(Options(shareWith = session)) }
    )
    for ((index, call) in calls.withIndex()) {
        refused("call $index of a closed session", Status.HANDLE, "destroyed", call)
    }
    sharing.process(frame, picture, WIDTH * 4)
    sharing.close()
    println("after close ok: ${calls.size} calls")
}

fun main(arguments: Array<String>) {
    val root = File(arguments[0])
    check("a version", Session.version.matches(Regex("\\d+\\.\\d+\\.\\d+")))
    nulls()
    val options = Options(
        policy = Policy.BEST_EFFORT,
        smoothing = Smoothing.OFF,
        software = Software.ALLOWED,
        maxFaces = 2,
        range = Range.AUTO,
        quality = Quality.HIGH,
        backing = Backing.ANONYMOUS,
        fovYDegrees = 63f
    )
    val session = Session(options)
    layouts(session)
    memory(session)
    portrait(session, root)
    donors(session, root)
    order(session)
    closed(session)
    if (failures.get() > 0) {
        println("${failures.get()} failed")
        exitProcess(1)
    }
    println("all that was checked holds")
}
