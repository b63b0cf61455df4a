package dev.moretta

import android.view.Surface
import java.io.Closeable
import java.nio.ByteBuffer

/**
 * Camera frames in, the same pictures with an effect out. No call returns a landmark, a box or a pose.
 *
 * A session is used by one thread at a time; another one that calls meanwhile gets [Status.BUSY] at once. [revokeConsent],
 * [wipeAll] and [close] may be called from any thread at any time. Every call throws a [MorettaException] that says in words
 * what is wrong; used after [close] it is [Status.HANDLE]. Nothing closes a session but [close].
 *
 * Opens the graphics device and loads the models, which takes a second or so. Nothing is analysed before [giveConsent].
 */
class Session @JvmOverloads constructor(options: Options = Options()) : Closeable {
    private val handle: Long = Native.create(
        options.policy?.number ?: 0,
        options.backing?.number ?: 0,
        options.maxFaces ?: 0,
        options.range?.number ?: 0,
        options.smoothing?.number ?: 0,
        options.quality?.number ?: 0,
        options.frameBudgetUs ?: 0,
        if (options.disclosePresence) 1 else 0,
        options.software?.number ?: 0,
        options.fovYDegrees ?: 0f,
        if (options.overlap) 1 else 0,
        options.shareWith?.handle ?: 0L,
        options.models?.toTypedArray()
    )

    /** [Status.OK] if it has consent and runs, else why not. */
    val state: Int get() = Native.check(handle)

    /** States that the person before the camera was asked and agreed. Consent is not stored: call it at each start anew. */
    fun giveConsent(age: AgeBand) = Native.consentGive(handle, age.number)

    /** Takes the consent back, from any thread: returns when everything is wiped. */
    fun revokeConsent() = Native.consentRevoke(handle)

    /** Reads a pack, the bytes of a .mask file, from a direct buffer's position to its limit. */
    fun loadEffect(pack: ByteBuffer): Effect =
        Effect(Native.effectFromBytes(handle, pack, pack.position(), pack.remaining()))

    /** Reads a pack, the bytes of a .mask file, as from an app's assets. */
    fun loadEffect(pack: ByteArray): Effect {
        val direct = ByteBuffer.allocateDirect(pack.size)
        direct.put(pack)
        direct.position(0)
        return loadEffect(direct)
    }

    /** Reads a pack from a .mask file or a folder with a pack's files. */
    fun loadEffect(path: String): Effect = Effect(Native.effectFromPath(handle, path))

    /** What a slot wears from the next frame on; null for nothing. Needs consent, as do the next four. */
    @JvmOverloads
    fun wear(effect: Effect?, slot: Int = EVERYONE) = Native.wear(handle, slot, effect?.handle ?: 0L)

    /** Lets a slot wear what everyone wears, as all do at first. */
    fun wearAsEveryone(slot: Int) = Native.wearAsEveryone(handle, slot)

    /** Sets an input of what a slot wears. What is out of its range is limited. */
    @JvmOverloads
    fun set(input: String, value: Float, slot: Int = EVERYONE) = Native.setInput(handle, slot, input, value)

    /** Tells all effects in the next frame that the user tapped. */
    fun tap() = Native.tap(handle)

    /**
     * Makes a donor of a picture file (JPEG, PNG, WebP, GIF) in a direct buffer, from its position to its limit, which is zeroed
     * before the call returns, also if it fails. [Status.NO_FACE], [Status.SEVERAL_FACES], [Status.UNFIT_FACE] and
     * [Status.PICTURE] say what is wrong with a photo. Needs consent: that of the person in it is the app's to ask for.
     */
    @JvmOverloads
    fun addDonor(file: ByteBuffer, face: DonorFace = DonorFace.ONLY): Donor {
        if (file.isReadOnly) {
            throw MorettaException(Status.ARGUMENT, "the picture: expected a buffer that may be zeroed, found a read-only one")
        }
        return Donor(Native.donorAdd(handle, file, file.position(), file.remaining(), face.number))
    }

    /** The same of an array, which is zeroed too. Copies that the app's virtual machine made of it are out of reach. */
    @JvmOverloads
    fun addDonor(file: ByteArray, face: DonorFace = DonorFace.ONLY): Donor {
        val direct = ByteBuffer.allocateDirect(file.size)
        direct.put(file)
        file.fill(0)
        direct.position(0)
        return addDonor(direct, face)
    }

    /**
     * Makes a donor of 1 to [MAX_DONOR_VIEWS] picture files of one person seen from several sides, each in a direct buffer from its
     * position to its limit; all are zeroed. What one shows at a slant is taken from another; their colours become those of the
     * first. In one of them the face has to look into the camera; in others it may be turned by up to 75 degrees to the side, 50 up or down.
     */
    @JvmOverloads
    fun addDonorViews(files: List<ByteBuffer>, face: DonorFace = DonorFace.ONLY): Donor = try {
        donorOfViews(files, face)
    } finally {
        // Also those that were refused before they were passed on.
        files.filterNot { it.isReadOnly }.forEach(::wipe)
    }

    private fun wipe(file: ByteBuffer) {
        val rest = file.duplicate()
        val zeros = ByteArray(minOf(rest.remaining(), 1 shl 16))
        while (rest.hasRemaining()) {
            rest.put(zeros, 0, minOf(rest.remaining(), zeros.size))
        }
    }

    private fun donorOfViews(files: List<ByteBuffer>, face: DonorFace): Donor {
        if (files.size > MAX_DONOR_VIEWS) {
            throw MorettaException(Status.ARGUMENT, "the pictures: expected at most $MAX_DONOR_VIEWS, found ${files.size}")
        }
        if (files.any { it.isReadOnly }) {
            throw MorettaException(Status.ARGUMENT, "the picture: expected a buffer that may be zeroed, found a read-only one")
        }
        val spans = LongArray(2 * MAX_DONOR_VIEWS)
        for ((index, file) in files.withIndex()) {
            spans[2 * index] = file.position().toLong()
            spans[2 * index + 1] = file.remaining().toLong()
        }
        val at = { index: Int -> files.getOrNull(index) }
        return Donor(Native.donorAddViews(handle, spans, at(0), at(1), at(2), at(3), face.number))
    }

    /**
     * As [addDonor] of a picture that the app decoded, or that its camera took: a [frame] that was [set][Frame.set] as `consumed`.
     * Its planes must not overlap: of Android's overlapping chroma make [Format.NV12] or [Format.NV21].
     */
    @JvmOverloads
    fun addDonor(frame: Frame, face: DonorFace = DonorFace.ONLY): Donor {
        if (!frame.isConsumed) {
            throw MorettaException(Status.ARGUMENT, "the frame: expected one that is consumed, found one that is kept")
        }
        val (first, second, third) = Triple(frame.first, frame.second, frame.third)
        return Donor(Native.donorAddFrame(handle, frame.numbers, first, second, third, face.number))
    }

    /** Whose looks a slot takes on from the next frame on; null for nobody's. Needs consent, as does the next. */
    @JvmOverloads
    fun give(donor: Donor?, slot: Int = EVERYONE) = Native.donorGive(handle, slot, donor?.handle ?: 0L)

    /** Gives a slot what everyone was given, as all have at first. */
    fun giveAsEveryone(slot: Int) = Native.donorGiveAsEveryone(handle, slot)

    /**
     * Draws one frame to its end, into a direct buffer from its position to its limit: as large as the upright frame. Without
     * consent the frame passes through, turned upright and not analysed. The picture may take the place of a frame of RGBA or
     * BGRA.
     *
     * @param format [Format.RGBA8] or [Format.BGRA8]
     * @param rowStride from one row of the picture to the next, in bytes
     */
    @JvmOverloads
    fun process(
        frame: Frame,
        picture: ByteBuffer,
        rowStride: Int,
        format: Format = Format.RGBA8,
        result: FrameResult? = null
    ) {
        if (picture.isReadOnly) {
            throw MorettaException(Status.ARGUMENT, "the picture: expected a buffer to be written, found a read-only one")
        }
        Native.process(
            handle,
            frame.numbers,
            frame.first,
            frame.second,
            frame.third,
            picture,
            picture.position(),
            picture.remaining(),
            format.number,
            rowStride,
            result?.numbers
        )
    }

    /** Draws one frame into the surface that is attached, and waits until it is drawn. Needs consent. */
    @JvmOverloads
    fun present(frame: Frame, result: FrameResult? = null) =
        Native.present(handle, frame.numbers, frame.first, frame.second, frame.third, result?.numbers)

    /**
     * Copies a frame, to be drawn into the surface that is attached, and returns at once with its token. One frame may be drawn
     * and one wait: a newer one takes the waiting one's place. Needs consent.
     */
    fun submit(frame: Frame): Long = Native.submit(handle, frame.numbers, frame.first, frame.second, frame.third)

    /** Whether a submitted frame came to its end, of which [result] tells then; waits for at most so many milliseconds. */
    fun poll(result: FrameResult, timeoutMs: Int): Boolean =
        Native.poll(handle, timeoutMs, result.numbers) == Status.OK

    /** Shows frames there from now on. The surface is held until it is detached; sizes are in physical pixels. */
    @JvmOverloads
    fun attach(surface: Surface, width: Int, height: Int, fit: Fit = Fit.COVER, mirror: Boolean = false) =
        Native.surfaceAttach(handle, surface, width, height, fit.number, if (mirror) 1 else 0)

    /** Sets the surface's size in physical pixels, with the next frame. */
    fun resize(width: Int, height: Int) = Native.surfaceResize(handle, width, height)

    /** Lets go of the surface; submitted frames are ended first. To be called before `surfaceDestroyed` returns. */
    fun detach() = Native.surfaceDetach(handle)

    /** For the background: wipes everything and ends the face thread. Device, models, effects, consent stay. */
    fun pause() = Native.pause(handle)

    /** Goes on after a pause, or after [Status.POISONED]. */
    fun resume() = Native.resume(handle)

    /** For `onTrimMemory`: wipes everything and gives memory back; goes on as it was. */
    fun trimMemory() = Native.trimMemory(handle)

    fun statistics(): Statistics {
        val numbers = LongArray(12)
        Native.statistics(handle, numbers)
        return Statistics(numbers)
    }

    /** How faces are dealt with: protections that took hold, the device, hashes of models, disclosures. Needs consent. */
    @JvmOverloads
    fun report(form: ReportForm = ReportForm.TEXT): String = Native.report(handle, form.number)

    /** Ends the session and wipes it; waits for a call under way on another thread. Again does nothing. */
    override fun close() = closing { Native.destroy(handle) }

    companion object {
        /** In place of a slot: the frame, and every face whose slot has nothing of its own. */
        const val EVERYONE = -1

        /** A donor is made of at most so many photos. */
        const val MAX_DONOR_VIEWS = 4

        /** The library's version. */
        @JvmStatic
        val version: String get() = Native.version()

        /** Wipes all face data of the process, whatever session holds it, from any thread. */
        @JvmStatic
        fun wipeAll() = Native.wipeAll()
    }
}
