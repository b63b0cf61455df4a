/*
 * moretta.h: on-device face effects that cannot tell.
 *
 * Camera frames in, the same pictures with an effect out. Faces are used for that and for nothing else: they lie in
 * memory that is locked and wiped with every frame, and no call returns a landmark, a box, a pose or anything else of
 * one. C99, and C++.
 *
 * RULES THAT HOLD FOR EVERY CALL
 *
 * Status.   A call answers 0, MORETTA_STATUS_OK, or below 0 what went wrong; moretta_last_error() says it in words.
 *           On failure out-parameters stay as they were, unless it is said otherwise.
 * Handles.  moretta_session, moretta_effect and moretta_donor are opaque and never followed: one that was destroyed, is of
 *           another kind or is made up is answered with MORETTA_STATUS_HANDLE and does no harm. Each is freed by its own
 *           call, which takes NULL.
 * Structs.  Each begins with struct_size. Start from its _INIT macro, which sets that and zeros; zero is the default of
 *           each field. A struct of an older header is taken; of a newer one too, as long as what is new is zero.
 * Memory.   The caller's memory is read or written during a call and not kept. Strings in are a pointer and a length in
 *           bytes, UTF-8, and copied. Strings out end with a zero and say how long they live.
 * Threads.  A session is used by one thread at a time; another one that calls meanwhile gets MORETTA_STATUS_BUSY at once.
 *           Sessions run side by side. moretta_consent_revoke and moretta_wipe_all may be called from any thread at any
 *           time. moretta_destroy waits for a call under way. A thread that calls has 512 KiB of stack or more, as the smallest
 *           ones of Android and iOS have; musl's default is less.
 * Faults.   A fault in Moretta ends the call with MORETTA_STATUS_BUG. Everything was wiped then.
 * Unloading. Not to be done, as threads of the library may run. On Linux and Android dlclose leaves it where it is.
 * Forks.    A forked child has no face memory: frames are answered with MORETTA_STATUS_FORKED there.
 *
 * What cannot be checked: pointers must be NULL or lead to as much memory as is said, handles of windows must be real.
 */
#ifndef MORETTA_H
#define MORETTA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32) && !defined(MORETTA_STATIC)
#define MORETTA_API __declspec(dllimport)
#else
#define MORETTA_API
#endif

/* ---- Version and errors ------------------------------------------------------------------------------------------ */

/* The interface that this header describes, to be passed to moretta_create: the major number in the upper half, the
 * minor one in the lower. */
#define MORETTA_ABI UINT32_C(0x00000001)

typedef int32_t moretta_status;

#define MORETTA_STATUS_OK 0            /* done */
#define MORETTA_STATUS_EMPTY 1         /* there is nothing to tell (yet) */
#define MORETTA_STATUS_ARGUMENT (-1)   /* an argument is not what it should be */
#define MORETTA_STATUS_ABI (-2)        /* this header and the library do not fit */
#define MORETTA_STATUS_HANDLE (-3)     /* no live object has this handle */
#define MORETTA_STATUS_BUSY (-4)       /* another thread is in the session, submitted frames are under way, or the caller
                                        * is a log callback */
#define MORETTA_STATUS_NO_CONSENT (-5) /* nobody consented, or the consent was revoked */
#define MORETTA_STATUS_PAUSED (-6)     /* call moretta_resume first */
#define MORETTA_STATUS_POISONED (-7)   /* there was a fault before: moretta_resume, or else a new session */
#define MORETTA_STATUS_DEVICE (-8)     /* the graphics device: none, lost, out of memory, or not one for this window */
#define MORETTA_STATUS_MODEL (-9)      /* the models: their bytes, or there are none */
#define MORETTA_STATUS_PACK (-10)      /* the effect pack breaks a rule */
#define MORETTA_STATUS_PROTECTION (-11) /* the system protects memory less than the policy asks for */
#define MORETTA_STATUS_FILE (-12)      /* a file or folder cannot be read */
#define MORETTA_STATUS_TOO_SMALL (-13) /* the caller's memory is too small */
#define MORETTA_STATUS_NO_SURFACE (-14) /* call moretta_surface_attach first */
#define MORETTA_STATUS_FORKED (-15)    /* a forked child has no face memory */
#define MORETTA_STATUS_NO_FACE (-16)   /* a donor's picture shows no face */
#define MORETTA_STATUS_SEVERAL_FACES (-17) /* it shows several, and the only one was asked for */
#define MORETTA_STATUS_UNFIT_FACE (-18) /* its face is too small, or looks away: moretta_last_error says which */
#define MORETTA_STATUS_PICTURE (-19)   /* its file is broken, of an unknown kind or too large */
#define MORETTA_STATUS_BUG (-99)       /* a fault in Moretta: please report it */

/* The interface of the library that runs, which may be newer than this header. */
MORETTA_API uint32_t moretta_abi(void);

/* The library's version, such as "0.1.0". Lives as long as the library. */
MORETTA_API const char *moretta_version(void);

/* The name of a status, such as "MORETTA_STATUS_OK". Lives as long as the library. */
MORETTA_API const char *moretta_status_name(moretta_status status);

/* What the last call of this thread that failed said; "" if none did. It holds nothing of a face, and lives until this
 * thread's next call. */
MORETTA_API const char *moretta_last_error(void);

#define MORETTA_LOG_ERROR 1
#define MORETTA_LOG_WARNING 2

/* Called with warnings and errors of a call under way, on the thread that calls. `text` lives until it returns, ends with
 * a zero and is `len` bytes long without it; it holds nothing of a face. It must return, not throw, and call nothing of
 * Moretta: what it calls is answered with MORETTA_STATUS_BUSY. */
typedef void (*moretta_log_callback)(void *user, uint32_t level, const char *text, size_t len);

/* Sets the process's log callback; NULL, as it is at first, for silence. When this returns the former one is not under way
 * any more and will not be called again. */
MORETTA_API moretta_status moretta_set_log(moretta_log_callback callback, void *user);

/* ---- Sessions ---------------------------------------------------------------------------------------------------- */

/* Owned: free with moretta_destroy. */
typedef struct moretta_session moretta_session;

/* Owned: free with moretta_effect_free. */
typedef struct moretta_effect moretta_effect;

/* Bytes that stay the caller's, unless it is said otherwise. */
typedef struct moretta_bytes {
    const uint8_t *data;
    size_t len;
} moretta_bytes;

#define MORETTA_POLICY_STRICT 1      /* refuse to start unless every protection that the system offers takes hold */
#define MORETTA_POLICY_BEST_EFFORT 2 /* take what the system grants: moretta_report says what that is */

#define MORETTA_BACKING_ANONYMOUS 1
#define MORETTA_BACKING_SECRET 2 /* memfd_secret, where Linux has it: not even the process itself can read it otherwise */

#define MORETTA_RANGE_SHORT 1 /* near faces, as before a phone held in the hand */
#define MORETTA_RANGE_FULL 2  /* smaller ones too, at some three times the cost */
#define MORETTA_RANGE_AUTO 3  /* both, as they are needed */

#define MORETTA_SMOOTHING_ON 1
#define MORETTA_SMOOTHING_OFF 2

#define MORETTA_QUALITY_LOW 1
#define MORETTA_QUALITY_MEDIUM 2
#define MORETTA_QUALITY_HIGH 3
#define MORETTA_QUALITY_ADAPTIVE 4 /* as high as fits frame_budget_us */

#define MORETTA_SOFTWARE_ALLOWED 1 /* a device in software, if there is no other */
#define MORETTA_SOFTWARE_ONLY 2    /* no other: for tests */
#define MORETTA_SOFTWARE_REFUSED 3 /* rather none */

/* There are so many face slots. */
#define MORETTA_MAX_FACES 16

/* How a session is made. */
typedef struct moretta_options {
    uint32_t struct_size;
    uint32_t policy;            /* MORETTA_POLICY_*; STRICT by default */
    uint32_t backing;           /* MORETTA_BACKING_*; ANONYMOUS by default */
    uint32_t max_faces;         /* how many faces are followed: 1 to MORETTA_MAX_FACES; 4 by default */
    uint32_t range;             /* MORETTA_RANGE_*; AUTO by default */
    uint32_t smoothing;         /* MORETTA_SMOOTHING_*; ON by default; OFF is for stills */
    uint32_t quality;           /* MORETTA_QUALITY_*; HIGH by default */
    uint32_t frame_budget_us;   /* what a frame may take with QUALITY_ADAPTIVE, in microseconds; 33000 by default */
    uint32_t disclose_presence; /* 1: the app is told whether nobody, one person or more are in sight. A disclosure: off
                                 * by default, and listed in moretta_report */
    uint32_t software;          /* MORETTA_SOFTWARE_*; ALLOWED by default */
    float fov_y_degrees;        /* the lens: the angle from the top of the upright frame to its bottom; 63 by default */
    uint32_t overlap;           /* 1: faces are looked for in a submitted frame while the device draws the one before, which
                                 * the device may then hold a little longer than until its end is told: off by default */
    const moretta_session *share_with; /* use this session's device and models, which saves most of the start: its effects
                                        * are good for both. NULL allowed; it may be destroyed afterwards. `software` and
                                        * models are not looked at then */
    const moretta_bytes *models;       /* the .onnx files, in any order, borrowed until the call returns; near faces alone
                                        * (RANGE_SHORT) need face_detection_short_range and face_landmarks_detector, and
                                        * expressions face_blendshapes. Only those that Moretta knows by their hashes. NULL:
                                        * those in the library, unless it was built without (MORETTA_STATUS_MODEL) */
    size_t model_count;
    const char *models_path;           /* or the folder that all four lie in. NULL allowed */
    size_t models_path_len;
} moretta_options;

#define MORETTA_OPTIONS_INIT \
    { (uint32_t)sizeof(moretta_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0f, 0, NULL, NULL, 0, NULL, 0 }

/* Opens the graphics device and loads the models: a second or so. Nothing is analysed yet: see moretta_consent_give.
 * `abi` is MORETTA_ABI. `options` may be NULL. */
MORETTA_API moretta_status moretta_create(uint32_t abi, const moretta_options *options, moretta_session **out);

/* Ends the session and wipes it; waits for a call under way on another thread. NULL allowed. */
MORETTA_API moretta_status moretta_destroy(moretta_session *session);

/* How the session is: MORETTA_STATUS_OK if it has consent and runs, else NO_CONSENT, PAUSED, POISONED, BUSY, HANDLE. */
MORETTA_API moretta_status moretta_check(moretta_session *session);

/* ---- Consent ----------------------------------------------------------------------------------------------------- */

#define MORETTA_AGE_FROM_14 1                /* the person said to be fourteen or older */
#define MORETTA_AGE_UNDER_14_WITH_GUARDIAN 2 /* the person said to be younger, and a guardian was asked and consented */

/* States that the person before the camera was asked and agreed. To be called when they do, and at each start anew: consent
 * is not stored. From here on faces are analysed, for drawing alone. A consent that was given before is revoked; nobody
 * wears anything at first. */
MORETTA_API moretta_status moretta_consent_give(moretta_session *session, uint32_t age_band);

/* Takes the consent back, from any thread: returns when everything is wiped. From here on moretta_process passes frames
 * through and nothing is analysed. */
MORETTA_API moretta_status moretta_consent_revoke(moretta_session *session);

/* ---- Effects ----------------------------------------------------------------------------------------------------- */

/* In place of a slot: the frame, and every face whose slot has nothing of its own. */
#define MORETTA_EVERYONE UINT32_C(0xffffffff)

#define MORETTA_INPUT_PARAM 1   /* a parameter: it keeps its value until it is set again */
#define MORETTA_INPUT_TAP 2     /* set by moretta_tap */
#define MORETTA_INPUT_TRIGGER 3 /* a trigger that the app sets */

#define MORETTA_INPUT_NAME_BYTES 72

/* What the app may set of an effect. */
typedef struct moretta_input {
    uint32_t struct_size;
    uint32_t kind; /* MORETTA_INPUT_* */
    float min;
    float max;
    float initial;
    uint32_t reserved;
    char name[MORETTA_INPUT_NAME_BYTES]; /* ends with a zero */
} moretta_input;

#define MORETTA_INPUT_INIT { (uint32_t)sizeof(moretta_input), 0, 0.0f, 0.0f, 0.0f, 0, { 0 } }

/* Reads a pack, the bytes of a .mask file, and brings it onto the session's device. Needs no consent. The effect is good
 * for this session and those that share its device. */
MORETTA_API moretta_status moretta_effect_from_bytes(moretta_session *session, const uint8_t *data, size_t len,
                                                     moretta_effect **out);

/* As moretta_effect_from_bytes, from a .mask file or a folder with a pack's files. */
MORETTA_API moretta_status moretta_effect_from_path(moretta_session *session, const char *path, size_t len,
                                                    moretta_effect **out);

/* Frees the handle. Who wears the effect goes on wearing it. NULL allowed. */
MORETTA_API moretta_status moretta_effect_free(moretta_effect *effect);

/* What may be set, one by one: `index` from 0 on, MORETTA_STATUS_EMPTY behind the last. */
MORETTA_API moretta_status moretta_effect_input(const moretta_effect *effect, uint32_t index, moretta_input *out);

/* What a slot wears from the next frame on, or MORETTA_EVERYONE; NULL for nothing. A face keeps its slot as long as it is
 * followed, and a new one takes the lowest that is free; which slots have a face is not told. Needs consent. */
MORETTA_API moretta_status moretta_wear(moretta_session *session, uint32_t slot, const moretta_effect *effect);

/* Lets a slot wear what everyone wears, as all do at first. Needs consent. */
MORETTA_API moretta_status moretta_wear_as_everyone(moretta_session *session, uint32_t slot);

/* Sets an input of what a slot wears of its own, or MORETTA_EVERYONE. What is out of its range is limited. Needs
 * consent. */
MORETTA_API moretta_status moretta_set_input(moretta_session *session, uint32_t slot, const char *name, size_t name_len,
                                             float value);

/* Tells all effects in the next frame that the user tapped. Needs consent. */
MORETTA_API moretta_status moretta_tap(moretta_session *session);

/* ---- Frames ------------------------------------------------------------------------------------------------------ */

#define MORETTA_FORMAT_RGBA8 1
#define MORETTA_FORMAT_BGRA8 2       /* iOS: kCVPixelFormatType_32BGRA */
#define MORETTA_FORMAT_NV12 3        /* luma; U and V in turns. iOS: 420v, 420f */
#define MORETTA_FORMAT_NV21 4        /* luma; V and U in turns */
#define MORETTA_FORMAT_I420 5        /* luma, U, V */
#define MORETTA_FORMAT_YV12 6        /* luma, V, U */
#define MORETTA_FORMAT_YUV_420_888 7 /* luma, U, V, the last two with a pixel stride of 1 or 2, as Android says */
/* 16 is reserved for P010, 32 to 63 for pictures in a graphics device's memory. */

#define MORETTA_FRAME_MIRROR 1   /* left and right change places, after the rotation: a front camera, as in a mirror */
#define MORETTA_FRAME_CONSUMED 2 /* the planes are zeroed before the call returns, also if it fails, but from a log callback,
                                  * and but where this struct cannot be read: a wrong struct_size or plane_count, or something
                                  * that this library does not know. Their memory must then be writable */

#define MORETTA_MATRIX_BT601 1
#define MORETTA_MATRIX_BT709 2

#define MORETTA_LEVELS_FULL 1    /* 0 to 255 */
#define MORETTA_LEVELS_LIMITED 2 /* 16 to 235: television's */

#define MORETTA_MAX_PLANES 3

/* A plane: `len` bytes from the first byte of its first sample on. The last row may end with its last sample. */
typedef struct moretta_plane {
    const uint8_t *data;
    size_t len;
    size_t row_stride;   /* from one row to the next, in bytes */
    size_t pixel_stride; /* from one sample to the next, in bytes: 4 of RGBA and BGRA, 1 of luma and of planar chroma, 2 of
                          * pairs of U and V */
} moretta_plane;

/* A camera frame. Planes may overlap, as Android's chroma does. */
typedef struct moretta_frame {
    uint32_t struct_size;
    uint32_t format; /* MORETTA_FORMAT_* */
    uint32_t width;  /* of the buffer as delivered, in pixels: 1 to 16384, odd or even */
    uint32_t height;
    uint32_t plane_count;      /* as many as the format has */
    uint32_t rotation_degrees; /* clockwise, to bring the buffer upright: 0, 90, 180 or 270 */
    uint32_t flags;            /* MORETTA_FRAME_* */
    uint32_t matrix;           /* MORETTA_MATRIX_*; BT601 by default */
    uint32_t levels;           /* MORETTA_LEVELS_*; FULL by default */
    uint32_t reserved;
    uint64_t timestamp_ns; /* when it was taken, on a monotonic clock of the caller's. No other clock is asked: the same
                            * frames give the same pictures. After a step back faces are strangers */
    moretta_plane planes[MORETTA_MAX_PLANES];
} moretta_frame;

#define MORETTA_FRAME_INIT \
    { (uint32_t)sizeof(moretta_frame), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
      { { NULL, 0, 0, 0 }, { NULL, 0, 0, 0 }, { NULL, 0, 0, 0 } } }

/* Where the finished picture goes: as large as the upright frame, so turned by 90 or 270 degrees width and height change
 * places. */
typedef struct moretta_picture {
    uint32_t struct_size;
    uint32_t format; /* MORETTA_FORMAT_RGBA8 or MORETTA_FORMAT_BGRA8 */
    uint8_t *data;
    size_t len;
    size_t row_stride; /* in bytes; what lies between the rows stays as it is */
} moretta_picture;

#define MORETTA_PICTURE_INIT { (uint32_t)sizeof(moretta_picture), 0, NULL, 0, 0 }

#define MORETTA_PRESENCE_NOT_DISCLOSED 0 /* moretta_options.disclose_presence is off */
#define MORETTA_PRESENCE_NOBODY 1
#define MORETTA_PRESENCE_ONE 2
#define MORETTA_PRESENCE_MANY 3

/* What became of a frame. */
typedef struct moretta_result {
    uint32_t struct_size;
    moretta_status status;   /* of the frame: of moretta_poll, whose own status says whether there is one */
    uint64_t token;          /* of moretta_poll: which frame; else 0 */
    uint32_t presence;       /* MORETTA_PRESENCE_* */
    uint32_t presented;      /* 1 if a surface shows it; one that is minimised does not, and that is no error */
    uint32_t passed_through; /* 1 if there is no consent, so that the picture is as it came */
    uint32_t reserved;
    uint64_t track_ns; /* finding and measuring faces; 0 if no effect needs them */
    uint64_t draw_ns;
    uint64_t whole_ns; /* from the call to its return; of a submitted frame what the stages took */
} moretta_result;

#define MORETTA_RESULT_INIT { (uint32_t)sizeof(moretta_result), 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* Draws one frame to its end. The picture may take the frame's place: if the frame is RGBA8 or BGRA8, `picture->data` the
 * same as its plane's, and it is not consumed; else they must not overlap. Without consent the frame passes through: it is
 * converted and turned upright, and not analysed. On failure the picture is not to be used. `result` may be NULL. */
MORETTA_API moretta_status moretta_process(moretta_session *session, const moretta_frame *frame,
                                           const moretta_picture *picture, moretta_result *result);

/* Draws one frame into the surface that is attached, and waits until it is drawn. Needs consent: without, show the
 * camera's own preview. `result` may be NULL. */
MORETTA_API moretta_status moretta_present(moretta_session *session, const moretta_frame *frame,
                                           moretta_result *result);

/* Copies a frame, to be drawn into the surface that is attached, and returns at once. One frame may be drawn and one wait:
 * a newer one takes the waiting one's place, which is counted as dropped. `token` may be NULL. Needs consent. */
MORETTA_API moretta_status moretta_submit(moretta_session *session, const moretta_frame *frame, uint64_t *token);

/* The oldest end of a submitted frame that was not told yet, waiting for at most `timeout_ms` milliseconds:
 * MORETTA_STATUS_OK and the result, or MORETTA_STATUS_EMPTY. The last four are kept. */
MORETTA_API moretta_status moretta_poll(moretta_session *session, uint32_t timeout_ms, moretta_result *result);

/* ---- Donors ------------------------------------------------------------------------------------------------------ */

/* A face of a picture whose looks faces take on, where what they wear swaps them for a photo's. Face data, though the handle
 * holds none: it ends with moretta_donor_free, a pause, moretta_trim_memory, moretta_wipe_all, a fault, a consent that is
 * revoked or given anew, and with its session. What is left then is the handle, which is answered with
 * MORETTA_STATUS_HANDLE. Owned: free with moretta_donor_free. */
typedef struct moretta_donor moretta_donor;

#define MORETTA_DONOR_ONLY 1    /* the picture's only face: several are MORETTA_STATUS_SEVERAL_FACES */
#define MORETTA_DONOR_LARGEST 2 /* the largest of its faces */

/* A session has at most so many. */
#define MORETTA_MAX_DONORS 8

/* Makes a donor of a whole picture file in memory: JPEG, PNG, WebP or GIF, turned as its Exif data say, of at most 2^25
 * pixels. The picture is given up: `data` must be writable and is zeroed before the call returns, also if it fails (but from
 * a log callback). Nothing of it is kept then; else its part with the face is, sealed, on the device. Whose looks are
 * anybody's says moretta_donor_give. Waits for submitted frames. Needs consent: that of the person in the picture is the
 * app's to ask for. */
MORETTA_API moretta_status moretta_donor_add(moretta_session *session, uint8_t *data, size_t len, uint32_t face,
                                             moretta_donor **out);

/* A donor is made of at most so many pictures. */
#define MORETTA_MAX_DONOR_VIEWS 4

/* The same of 1 to MORETTA_MAX_DONOR_VIEWS files of one person seen from several sides, whose colours are brought to those of
 * the first: what one shows at a slant or not at all is taken from another. In one of them the face has to look into the
 * camera; in others it may be turned by up to 75 degrees to the side, 50 up or down. The bytes of all of them are given up, as above, and must not overlap.
 * One that makes no donor is an error of the call, and then nothing of any is kept. */
MORETTA_API moretta_status moretta_donor_add_views(moretta_session *session, const moretta_bytes *pictures, size_t count,
                                                   uint32_t face, moretta_donor **out);

/* As moretta_donor_add, of a picture that the app decoded, or that its camera took. The planes are given up as with
 * MORETTA_FRAME_CONSUMED, whether that is set or not, and must not overlap: Android's overlapping chroma is NV12 or NV21. The
 * time is not looked at. */
MORETTA_API moretta_status moretta_donor_add_frame(moretta_session *session, const moretta_frame *frame, uint32_t face,
                                                   moretta_donor **out);

/* Wipes the donor, and frees the handle: it is gone when this returns. Who had its looks shows their own from the next frame
 * on. Waits for submitted frames. MORETTA_STATUS_BUSY if another thread is in its session, and then nothing is done. NULL
 * allowed. */
MORETTA_API moretta_status moretta_donor_free(moretta_donor *donor);

/* Whose looks a slot takes on from the next frame on, or MORETTA_EVERYONE, where what they wear swaps them for a photo's; NULL
 * for nobody's. Needs consent. */
MORETTA_API moretta_status moretta_donor_give(moretta_session *session, uint32_t slot, const moretta_donor *donor);

/* Gives a slot what everyone was given, as all have at first. Needs consent. */
MORETTA_API moretta_status moretta_donor_give_as_everyone(moretta_session *session, uint32_t slot);

/* ---- Surfaces ---------------------------------------------------------------------------------------------------- */

#define MORETTA_SURFACE_XLIB 1        /* display: Display *; window: Window */
#define MORETTA_SURFACE_XCB 2         /* display: xcb_connection_t *; window: xcb_window_t */
#define MORETTA_SURFACE_WAYLAND 3     /* display: struct wl_display *; window: struct wl_surface * */
#define MORETTA_SURFACE_ANDROID 4     /* window: ANativeWindow * */
#define MORETTA_SURFACE_METAL_LAYER 5 /* window: CAMetalLayer * */
#define MORETTA_SURFACE_WIN32 6       /* window: HWND */

#define MORETTA_FIT_COVER 1   /* the surface is covered; what is too much is cut */
#define MORETTA_FIT_CONTAIN 2 /* the whole picture is seen; what is left is black */
#define MORETTA_FIT_STRETCH 3

#define MORETTA_SURFACE_MIRROR 1 /* left and right of what is shown change places */

/* A window of the system's. Borrowed until it is detached, another one attached, or the session destroyed. */
typedef struct moretta_surface {
    uint32_t struct_size;
    uint32_t kind;  /* MORETTA_SURFACE_* */
    uint32_t width; /* in physical pixels; 0 while it is minimised */
    uint32_t height;
    uint32_t fit;   /* MORETTA_FIT_*; COVER by default */
    uint32_t flags; /* MORETTA_SURFACE_MIRROR */
    uintptr_t display;
    uintptr_t window;
} moretta_surface;

#define MORETTA_SURFACE_INIT { (uint32_t)sizeof(moretta_surface), 0, 0, 0, 0, 0, 0, 0 }

/* Shows frames there from now on, in place of what was attached before; submitted frames are ended first. Needs no consent. */
MORETTA_API moretta_status moretta_surface_attach(moretta_session *session, const moretta_surface *surface);

/* Sets the size in physical pixels, with the next frame. */
MORETTA_API moretta_status moretta_surface_resize(moretta_session *session, uint32_t width, uint32_t height);

/* Lets go of the window; submitted frames are ended first. Device, models and effects stay. What the window shows stays
 * there until its owner draws over it. */
MORETTA_API moretta_status moretta_surface_detach(moretta_session *session);

/* ---- Lifecycle --------------------------------------------------------------------------------------------------- */

/* For the background: finishes the frame under way, wipes everything and ends the face thread. Device, models, effects,
 * consent and what is worn stay. Again is no error. */
MORETTA_API moretta_status moretta_pause(moretta_session *session);

/* Goes on after a pause, or after MORETTA_STATUS_POISONED, unless the fault was in the library's own call: then that stays, and
 * the session is to be destroyed. Faces are strangers then. Again is no error. */
MORETTA_API moretta_status moretta_resume(moretta_session *session);

/* For a memory warning: wipes everything and gives memory back; goes on as it was. */
MORETTA_API moretta_status moretta_trim_memory(moretta_session *session);

/* Wipes all face data of the process, whatever session holds it, and returns when that is done; sessions stay usable. For
 * the app's exit, and for the background if no handle is at hand. From any thread. */
MORETTA_API moretta_status moretta_wipe_all(void);

/* ---- What a session says of itself -------------------------------------------------------------------------------- */

/* Counts and times since consent was given, none of them of a face; zeros without consent. */
typedef struct moretta_statistics {
    uint32_t struct_size;
    uint32_t quality;      /* of the next frame: MORETTA_QUALITY_LOW to HIGH */
    uint64_t frames;       /* that came to an end */
    uint64_t failed;       /* that ended with an error */
    uint64_t dropped;      /* submitted ones that gave way to a newer one, or to a wipe */
    uint64_t wipes;        /* times that everything was wiped */
    uint64_t locked_bytes; /* that are locked against swapping */
    uint64_t last_track_ns;
    uint64_t last_draw_ns;
    uint64_t last_whole_ns;
    uint64_t mean_track_ns; /* running means over some sixteen frames */
    uint64_t mean_draw_ns;
    uint64_t mean_whole_ns;
} moretta_statistics;

#define MORETTA_STATISTICS_INIT { (uint32_t)sizeof(moretta_statistics), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

MORETTA_API moretta_status moretta_statistics_read(moretta_session *session, moretta_statistics *out);

#define MORETTA_REPORT_TEXT 1 /* for people */
#define MORETTA_REPORT_JSON 2

/* How faces are dealt with: protections that took hold, the device, hashes of models, disclosures. Nothing of a face. Writes
 * the text and a zero into `text`, which has room for `capacity` bytes, and its length without the zero into `len`. If that
 * is too little: MORETTA_STATUS_TOO_SMALL, and `len` is set all the same; ask with capacity 0 first. Needs consent. */
MORETTA_API moretta_status moretta_report(moretta_session *session, uint32_t form, char *text, size_t capacity,
                                          size_t *len);

#ifdef __cplusplus
}
#endif

#endif /* MORETTA_H */
