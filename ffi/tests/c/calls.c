/*
 * What a careless caller does: NULL everywhere, handles that are gone, calls in the wrong order, from the wrong thread,
 * after a fork. Each has to be answered, and none may crash. Each wrong call stands beside the right one.
 *
 *     calls without           without a session
 *     calls session EFFECT    with one; EFFECT is a folder of a pack that follows faces
 *     calls session EFFECT PORTRAIT    and with donors of PORTRAIT, a picture file of one face
 *     calls session EFFECT PORTRAIT PIXELS    and of PIXELS, the same as RGBA, as wide as it is high
 */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "moretta.h"

static int failures = 0;

#define EXPECT(status, call) expect(status, call, #call, __LINE__)
#define REQUIRE(truth) require(truth, #truth, __LINE__)

static void expect(moretta_status status, moretta_status found, const char *call, int line)
{
    if (found != status) {
        fprintf(stderr, "line %d: %s: expected %s, found %s (%s)\n", line, call, moretta_status_name(status),
                moretta_status_name(found), moretta_last_error());
        failures++;
    }
}

static void require(int truth, const char *text, int line)
{
    if (!truth) {
        fprintf(stderr, "line %d: expected %s\n", line, text);
        failures++;
    }
}

enum { WIDTH = 64, HEIGHT = 48, BYTES = WIDTH * HEIGHT * 4 };

static uint8_t rgba[BYTES], finished[BYTES];

static moretta_frame a_frame(void)
{
    moretta_frame frame = MORETTA_FRAME_INIT;
    frame.format = MORETTA_FORMAT_RGBA8;
    frame.width = WIDTH;
    frame.height = HEIGHT;
    frame.plane_count = 1;
    frame.planes[0].data = rgba;
    frame.planes[0].len = BYTES;
    frame.planes[0].row_stride = WIDTH * 4;
    frame.planes[0].pixel_stride = 4;
    return frame;
}

static moretta_picture a_picture(void)
{
    moretta_picture picture = MORETTA_PICTURE_INIT;
    picture.format = MORETTA_FORMAT_RGBA8;
    picture.data = finished;
    picture.len = BYTES;
    picture.row_stride = WIDTH * 4;
    return picture;
}

/* Whether `count` bytes are the same, but for what drawing rounds. */
static int alike(const uint8_t *one, const uint8_t *other, size_t count)
{
    size_t i;
    for (i = 0; i < count; i++) {
        int apart = (int)one[i] - (int)other[i];
        if (apart < -1 || apart > 1)
            return 0;
    }
    return 1;
}

static void fill(void)
{
    size_t i;
    for (i = 0; i < BYTES; i++)
        rgba[i] = (uint8_t)(i % 4 == 3 ? 255 : i * 31 % 251);
    memset(finished, 0, BYTES);
}

/* Every call with every pointer NULL, and with a handle that is none. */
static void strangers(moretta_session *session, moretta_effect *effect, moretta_status gone)
{
    moretta_frame frame = a_frame();
    moretta_picture picture = a_picture();
    moretta_result result = MORETTA_RESULT_INIT;
    moretta_input input = MORETTA_INPUT_INIT;
    moretta_statistics statistics = MORETTA_STATISTICS_INIT;
    moretta_surface surface = MORETTA_SURFACE_INIT;
    moretta_effect *made = NULL;
    moretta_donor *donor = NULL;
    moretta_bytes views = {rgba, 4};
    size_t len = 77;

    EXPECT(gone, moretta_check(session));
    EXPECT(gone, moretta_consent_give(session, MORETTA_AGE_FROM_14));
    EXPECT(gone, moretta_consent_revoke(session));
    EXPECT(gone, moretta_effect_from_bytes(session, rgba, BYTES, &made));
    EXPECT(gone, moretta_effect_from_path(session, "x", 1, &made));
    EXPECT(gone, moretta_effect_input(effect, 0, &input));
    EXPECT(gone, moretta_wear(session, 0, effect));
    EXPECT(gone, moretta_wear_as_everyone(session, 0));
    EXPECT(gone, moretta_set_input(session, 0, "x", 1, 1.0f));
    EXPECT(gone, moretta_tap(session));
    EXPECT(gone, moretta_donor_add(session, rgba, 4, MORETTA_DONOR_ONLY, &donor));
    EXPECT(gone, moretta_donor_add_views(session, &views, 1, MORETTA_DONOR_ONLY, &donor));
    EXPECT(gone, moretta_donor_add_frame(session, &frame, MORETTA_DONOR_ONLY, &donor));
    EXPECT(gone, moretta_donor_give(session, 0, NULL));
    EXPECT(gone, moretta_donor_give_as_everyone(session, 0));
    EXPECT(gone, moretta_process(session, &frame, &picture, &result));
    EXPECT(gone, moretta_present(session, &frame, &result));
    EXPECT(gone, moretta_submit(session, &frame, NULL));
    EXPECT(gone, moretta_poll(session, 0, &result));
    EXPECT(gone, moretta_surface_attach(session, &surface));
    EXPECT(gone, moretta_surface_resize(session, 1, 1));
    EXPECT(gone, moretta_surface_detach(session));
    EXPECT(gone, moretta_pause(session));
    EXPECT(gone, moretta_resume(session));
    EXPECT(gone, moretta_trim_memory(session));
    EXPECT(gone, moretta_statistics_read(session, &statistics));
    EXPECT(gone, moretta_report(session, MORETTA_REPORT_TEXT, NULL, 0, &len));
    REQUIRE(made == NULL && donor == NULL && len == 77);
    REQUIRE(moretta_last_error()[0] != 0);
}

static moretta_status logged_status;

static void call_back(void *user, uint32_t level, const char *text, size_t len)
{
    (*(int *)user)++;
    REQUIRE(level == MORETTA_LOG_ERROR || level == MORETTA_LOG_WARNING);
    REQUIRE(strlen(text) == len);
    logged_status = moretta_wipe_all(); /* what a callback must not do */
}

static void without(void)
{
    moretta_options options = MORETTA_OPTIONS_INIT;
    moretta_session *session = NULL;
    char longer[sizeof(moretta_options) + 8];
    moretta_options *read = NULL;

    REQUIRE(moretta_abi() >= MORETTA_ABI);
    REQUIRE(strcmp(moretta_version(), "") != 0);
    REQUIRE(strcmp(moretta_status_name(MORETTA_STATUS_BUG), "MORETTA_STATUS_BUG") == 0);
    REQUIRE(moretta_status_name(12345) != NULL);
    REQUIRE(moretta_last_error()[0] == 0);
    EXPECT(MORETTA_STATUS_OK, moretta_wipe_all());
    EXPECT(MORETTA_STATUS_OK, moretta_set_log(NULL, NULL));

    strangers(NULL, NULL, MORETTA_STATUS_ARGUMENT);
    strangers((moretta_session *)(uintptr_t)0x7fff0010, (moretta_effect *)(uintptr_t)1, MORETTA_STATUS_HANDLE);
    EXPECT(MORETTA_STATUS_OK, moretta_destroy(NULL));
    EXPECT(MORETTA_STATUS_OK, moretta_effect_free(NULL));
    EXPECT(MORETTA_STATUS_OK, moretta_donor_free(NULL));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_donor_free((moretta_donor *)(uintptr_t)0x7fff0017));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_destroy((moretta_session *)(uintptr_t)0x7fff0010));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_effect_free((moretta_effect *)(uintptr_t)0x7fff0010));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_process(NULL, NULL, NULL, NULL));

    EXPECT(MORETTA_STATUS_ABI, moretta_create(MORETTA_ABI + 0x10000, NULL, &session));
    EXPECT(MORETTA_STATUS_ABI, moretta_create(MORETTA_ABI + 1, NULL, &session));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_create(MORETTA_ABI, &options, NULL));
    options.struct_size = 3;
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_create(MORETTA_ABI, &options, &session));
    options.struct_size = UINT32_C(0xffffffff);
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_create(MORETTA_ABI, &options, &session));

    /* A struct of a newer header, which sets what this library does not know. */
    memset(longer, 0, sizeof(longer));
    options.struct_size = (uint32_t)sizeof(longer);
    memcpy(longer, &options, sizeof(options));
    longer[sizeof(moretta_options) + 3] = 1;
    read = (moretta_options *)(void *)longer;
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_create(MORETTA_ABI, read, &session));
    REQUIRE(strstr(moretta_last_error(), "older") != NULL);

    options.struct_size = (uint32_t)sizeof(options);
    options.max_faces = MORETTA_MAX_FACES + 1;
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_create(MORETTA_ABI, &options, &session));
    options.max_faces = 0;
    options.policy = 9;
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_create(MORETTA_ABI, &options, &session));
    options.policy = 0;
    options.models_path = "/nowhere";
    options.models_path_len = 8;
    EXPECT(MORETTA_STATUS_FILE, moretta_create(MORETTA_ABI, &options, &session));
    options.models_path = "\xff";
    options.models_path_len = 1;
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_create(MORETTA_ABI, &options, &session));
    options.models_path = NULL;
    options.models_path_len = 0;
    {
        moretta_bytes bytes;
        bytes.data = rgba;
        bytes.len = BYTES;
        options.models = &bytes;
        options.model_count = 1;
        EXPECT(MORETTA_STATUS_MODEL, moretta_create(MORETTA_ABI, &options, &session));
    }
    REQUIRE(session == NULL);
}

/* What is wrong with a frame, one thing at a time. */
static void frames(moretta_session *session)
{
    moretta_frame frame = a_frame();
    moretta_picture picture = a_picture();
    moretta_result result = MORETTA_RESULT_INIT;

#define WRONG(change)                                                                              \
    do {                                                                                           \
        frame = a_frame();                                                                         \
        picture = a_picture();                                                                     \
        change;                                                                                    \
        EXPECT(MORETTA_STATUS_ARGUMENT, moretta_process(session, &frame, &picture, &result));      \
    } while (0)

    WRONG(frame.struct_size = 8);
    WRONG(frame.struct_size = 5000);
    WRONG(frame.format = 0);
    WRONG(frame.format = 16);
    WRONG(frame.format = 32);
    WRONG(frame.format = MORETTA_FORMAT_NV12);
    WRONG(frame.width = 0);
    WRONG(frame.width = 16385);
    WRONG(frame.height = UINT32_C(0xffffffff));
    WRONG(frame.plane_count = 0);
    WRONG(frame.plane_count = 4);
    WRONG(frame.rotation_degrees = 45);
    WRONG(frame.flags = 64);
    WRONG(frame.matrix = 3);
    WRONG(frame.levels = 3);
    WRONG(frame.reserved = 1);
    WRONG(frame.planes[0].data = NULL);
    WRONG(frame.planes[0].len = BYTES - 1);
    WRONG(frame.planes[0].len = (size_t)-1);
    WRONG(frame.planes[0].row_stride = WIDTH * 4 - 1);
    WRONG(frame.planes[0].row_stride = (size_t)-1);
    WRONG(frame.planes[0].pixel_stride = 3);
    WRONG(picture.struct_size = 0);
    WRONG(picture.format = MORETTA_FORMAT_NV12);
    WRONG(picture.data = NULL);
    WRONG(picture.len = BYTES - 1);
    WRONG(picture.row_stride = WIDTH * 4 - 1);
    WRONG(picture.data = rgba + 4; picture.len = BYTES - 4);
    WRONG(picture.data = rgba; frame.flags = MORETTA_FRAME_CONSUMED);
    fill(); /* the last one zeroed it */
    result.struct_size = 1;
    frame = a_frame();
    picture = a_picture();
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_process(session, &frame, &picture, &result));
    result.struct_size = (uint32_t)sizeof(result);
    EXPECT(MORETTA_STATUS_OK, moretta_process(session, &frame, &picture, &result));
    EXPECT(MORETTA_STATUS_OK, moretta_process(session, &frame, &picture, NULL));
}

/* The same picture, apart and in place, lent and consumed. */
static void places(moretta_session *session)
{
    moretta_frame frame = a_frame();
    moretta_picture picture = a_picture();
    static uint8_t before[BYTES], zeros[BYTES];

    fill();
    memcpy(before, rgba, BYTES);
    EXPECT(MORETTA_STATUS_OK, moretta_process(session, &frame, &picture, NULL));
    REQUIRE(memcmp(rgba, before, BYTES) == 0);
    REQUIRE(alike(finished, before, BYTES));
    picture.data = rgba;
    EXPECT(MORETTA_STATUS_OK, moretta_process(session, &frame, &picture, NULL));
    REQUIRE(alike(rgba, before, BYTES));
    memcpy(rgba, before, BYTES);

    /* Upside down in place: the first pixel is the last one. */
    frame.rotation_degrees = 180;
    EXPECT(MORETTA_STATUS_OK, moretta_process(session, &frame, &picture, NULL));
    REQUIRE(alike(rgba, before + BYTES - 4, 4) && !alike(rgba, before, 4));
    memcpy(rgba, before, BYTES);

    /* Red and blue change places. */
    frame.rotation_degrees = 0;
    picture.data = finished;
    picture.format = MORETTA_FORMAT_BGRA8;
    EXPECT(MORETTA_STATUS_OK, moretta_process(session, &frame, &picture, NULL));
    {
        uint8_t swapped[4];
        swapped[0] = before[2];
        swapped[1] = before[1];
        swapped[2] = before[0];
        swapped[3] = 255;
        REQUIRE(alike(finished, swapped, 4));
    }

    frame.flags = MORETTA_FRAME_CONSUMED;
    EXPECT(MORETTA_STATUS_OK, moretta_process(session, &frame, &picture, NULL));
    REQUIRE(memcmp(rgba, zeros, BYTES) == 0);
    fill();
    EXPECT(MORETTA_STATUS_HANDLE, moretta_process((moretta_session *)(uintptr_t)9, &frame, &picture, NULL));
    REQUIRE(memcmp(rgba, zeros, BYTES) == 0);
    fill();
}

struct other {
    moretta_session *session;
    moretta_status status;
    int done;
};

/* Calls until it is told that another thread is in the session. */
static void *knock(void *argument)
{
    struct other *other = (struct other *)argument;
    long tries;
    for (tries = 0; tries < 2000000 && other->status != MORETTA_STATUS_BUSY; tries++)
        other->status = moretta_tap(other->session);
    __atomic_store_n(&other->done, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void *revoke(void *argument)
{
    struct other *other = (struct other *)argument;
    other->status = moretta_consent_revoke(other->session);
    return NULL;
}

static void threads(moretta_session *session)
{
    moretta_frame frame = a_frame();
    moretta_picture picture = a_picture();
    struct other other;
    pthread_t thread;

    other.session = session;
    other.status = MORETTA_STATUS_OK;
    other.done = 0;
    REQUIRE(pthread_create(&thread, NULL, knock, &other) == 0);
    while (!__atomic_load_n(&other.done, __ATOMIC_SEQ_CST)) {
        moretta_status status = moretta_process(session, &frame, &picture, NULL);
        REQUIRE(status == MORETTA_STATUS_OK || status == MORETTA_STATUS_BUSY);
        frame.timestamp_ns += 33000000;
    }
    pthread_join(thread, NULL);
    REQUIRE(other.status == MORETTA_STATUS_BUSY);

    other.status = MORETTA_STATUS_BUG;
    REQUIRE(pthread_create(&thread, NULL, revoke, &other) == 0);
    pthread_join(thread, NULL);
    REQUIRE(other.status == MORETTA_STATUS_OK);
    EXPECT(MORETTA_STATUS_NO_CONSENT, moretta_check(session));
    EXPECT(MORETTA_STATUS_OK, moretta_consent_give(session, MORETTA_AGE_UNDER_14_WITH_GUARDIAN));
}

static void forked(moretta_session *session)
{
    moretta_frame frame = a_frame();
    moretta_picture picture = a_picture();
    int status = 1;
    pid_t child = fork();
    if (child == 0) {
        moretta_status answer = moretta_process(session, &frame, &picture, NULL);
        _exit(answer == MORETTA_STATUS_FORKED ? 0 : 1);
    }
    REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A file's bytes and their count. */
static uint8_t *read_file(const char *path, size_t *len)
{
    enum { MOST = 1 << 22 };
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = (uint8_t *)malloc(MOST);
    *len = file ? fread(bytes, 1, MOST, file) : 0;
    if (file)
        fclose(file);
    REQUIRE(*len > 0 && *len < MOST);
    return bytes;
}

static int zeroed(const uint8_t *bytes, size_t len)
{
    size_t i;
    for (i = 0; i < len; i++)
        if (bytes[i] != 0)
            return 0;
    return 1;
}

/* Adds the picture of a file with its tail cut off by `cut` bytes; whatever comes of it, the bytes are zeroed. */
static moretta_status add(moretta_session *session, const char *path, size_t cut, uint32_t face, moretta_donor **out)
{
    size_t len;
    uint8_t *bytes = read_file(path, &len);
    moretta_status status = moretta_donor_add(session, bytes, len - cut, face, out);
    REQUIRE(zeroed(bytes, len - cut));
    free(bytes);
    return status;
}

/* Donors, of a session that has consent, and a second one with the same device. */
static void donors(moretta_session *session, moretta_session *second, const char *portrait)
{
    moretta_donor *donor = NULL, *other = NULL;

    fill();
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add(session, NULL, 5, MORETTA_DONOR_ONLY, &donor));
    EXPECT(MORETTA_STATUS_PICTURE, moretta_donor_add(session, rgba, BYTES, MORETTA_DONOR_ONLY, &donor));
    REQUIRE(zeroed(rgba, BYTES));
    fill();
    EXPECT(MORETTA_STATUS_PICTURE, add(session, portrait, 3000, MORETTA_DONOR_ONLY, &donor));
    EXPECT(MORETTA_STATUS_ARGUMENT, add(session, portrait, 0, 0, &donor));
    EXPECT(MORETTA_STATUS_ARGUMENT, add(session, portrait, 0, MORETTA_DONOR_ONLY, NULL));
    REQUIRE(donor == NULL);
    EXPECT(MORETTA_STATUS_OK, add(session, portrait, 0, MORETTA_DONOR_ONLY, &donor));
    EXPECT(MORETTA_STATUS_OK, moretta_donor_give(session, MORETTA_EVERYONE, donor));
    EXPECT(MORETTA_STATUS_OK, moretta_donor_give(session, MORETTA_MAX_FACES - 1, donor));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_give(session, MORETTA_MAX_FACES, donor));
    EXPECT(MORETTA_STATUS_OK, moretta_donor_give(session, 0, NULL));
    EXPECT(MORETTA_STATUS_OK, moretta_donor_give_as_everyone(session, 0));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_give_as_everyone(session, MORETTA_EVERYONE));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_donor_give(session, 0, (moretta_donor *)(void *)session));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_donor_free((moretta_donor *)(void *)session));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_donor_give(second, 0, donor));
    EXPECT(MORETTA_STATUS_OK, moretta_donor_free(donor));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_donor_free(donor));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_donor_give(session, 0, donor));

    /* One that a pause has wiped; one of a consent that was given anew. */
    EXPECT(MORETTA_STATUS_OK, add(session, portrait, 0, MORETTA_DONOR_LARGEST, &donor));
    EXPECT(MORETTA_STATUS_OK, moretta_pause(session));
    EXPECT(MORETTA_STATUS_PAUSED, add(session, portrait, 0, MORETTA_DONOR_LARGEST, &other));
    EXPECT(MORETTA_STATUS_OK, moretta_resume(session));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_donor_give(session, 0, donor));
    EXPECT(MORETTA_STATUS_OK, moretta_donor_free(donor));
    EXPECT(MORETTA_STATUS_OK, add(session, portrait, 0, MORETTA_DONOR_LARGEST, &donor));
    EXPECT(MORETTA_STATUS_OK, moretta_consent_revoke(session));
    EXPECT(MORETTA_STATUS_NO_CONSENT, moretta_donor_give(session, 0, donor));
    EXPECT(MORETTA_STATUS_NO_CONSENT, add(session, portrait, 0, MORETTA_DONOR_LARGEST, &other));
    EXPECT(MORETTA_STATUS_OK, moretta_consent_give(session, MORETTA_AGE_FROM_14));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_donor_give(session, 0, donor));
    EXPECT(MORETTA_STATUS_OK, moretta_donor_free(donor));
    REQUIRE(other == NULL);
}

/* Donors of several files. */
static void donors_of_views(moretta_session *session, const char *portrait)
{
    moretta_donor *donor = NULL;
    moretta_bytes views[MORETTA_MAX_DONOR_VIEWS + 1];
    uint8_t *bytes[MORETTA_MAX_DONOR_VIEWS + 1];
    size_t at, count;

    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_views(session, NULL, 0, MORETTA_DONOR_ONLY, &donor));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_views(session, NULL, 2, MORETTA_DONOR_ONLY, &donor));
    /* As many as may be; one more; a broken one behind others; a face that there is not; nowhere to put it. */
    for (count = MORETTA_MAX_DONOR_VIEWS + 1; count > 0; count--) {
        for (at = 0; at < count; at++) {
            bytes[at] = read_file(portrait, &views[at].len);
            views[at].data = bytes[at];
        }
        if (count > MORETTA_MAX_DONOR_VIEWS)
            EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_views(session, views, count, MORETTA_DONOR_ONLY, &donor));
        else if (count == 4)
            EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_views(session, views, count, 0, &donor));
        else if (count == 3) {
            views[2].len -= 3000;
            EXPECT(MORETTA_STATUS_PICTURE, moretta_donor_add_views(session, views, count, MORETTA_DONOR_ONLY, &donor));
        } else if (count == 2) {
            REQUIRE(donor == NULL);
            EXPECT(MORETTA_STATUS_OK, moretta_donor_add_views(session, views, count, MORETTA_DONOR_LARGEST, &donor));
            EXPECT(MORETTA_STATUS_OK, moretta_donor_give(session, 0, donor));
            EXPECT(MORETTA_STATUS_OK, moretta_donor_free(donor));
        } else
            EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_views(session, views, count, MORETTA_DONOR_ONLY, NULL));
        for (at = 0; at < count; at++) {
            REQUIRE(zeroed(bytes[at], views[at].len));
            free(bytes[at]);
        }
    }
    /* Pictures that overlap are refused, and zeroed. */
    fill();
    views[0].data = rgba;
    views[0].len = 100;
    views[1].data = rgba + 99;
    views[1].len = 100;
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_views(session, views, 2, MORETTA_DONOR_ONLY, &donor));
    REQUIRE(strstr(moretta_last_error(), "overlap") != NULL);
    REQUIRE(zeroed(rgba, 199) && !zeroed(rgba, BYTES));
    fill();
}

/* Donors of pixels. */
static void frame_donors(moretta_session *session, const char *pixels)
{
    moretta_frame frame = a_frame();
    moretta_donor *donor = NULL;
    size_t len;
    uint8_t *bytes;

    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_frame(session, NULL, MORETTA_DONOR_ONLY, &donor));
    fill();
    EXPECT(MORETTA_STATUS_NO_FACE, moretta_donor_add_frame(session, &frame, MORETTA_DONOR_ONLY, &donor));
    REQUIRE(zeroed(rgba, BYTES));

    /* What is refused is zeroed too: a format with other planes, planes that overlap, a plane that is too short. */
    fill();
    frame.format = MORETTA_FORMAT_NV12;
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_frame(session, &frame, MORETTA_DONOR_ONLY, &donor));
    REQUIRE(zeroed(rgba, BYTES));
    fill();
    frame.plane_count = 2;
    frame.planes[0].len = WIDTH * HEIGHT;
    frame.planes[0].row_stride = WIDTH;
    frame.planes[0].pixel_stride = 1;
    frame.planes[1].data = rgba + WIDTH * HEIGHT - 1;
    frame.planes[1].len = WIDTH * HEIGHT / 2;
    frame.planes[1].row_stride = WIDTH;
    frame.planes[1].pixel_stride = 2;
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_frame(session, &frame, MORETTA_DONOR_ONLY, &donor));
    REQUIRE(strstr(moretta_last_error(), "overlap") != NULL);
    REQUIRE(zeroed(rgba, WIDTH * HEIGHT * 3 / 2 - 1) && !zeroed(rgba, BYTES));
    frame.planes[1].data = rgba + WIDTH * HEIGHT;
    EXPECT(MORETTA_STATUS_NO_FACE, moretta_donor_add_frame(session, &frame, MORETTA_DONOR_ONLY, &donor));
    frame.planes[1].len--;
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_frame(session, &frame, MORETTA_DONOR_ONLY, &donor));
    frame = a_frame();
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_frame(session, &frame, 0, &donor));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_donor_add_frame(session, &frame, MORETTA_DONOR_ONLY, NULL));
    REQUIRE(donor == NULL);
    fill();
    if (!pixels)
        return;

    bytes = read_file(pixels, &len);
    for (frame.width = 1; (size_t)frame.width * frame.width * 4 < len; frame.width++)
        ;
    frame.height = frame.width;
    frame.planes[0].data = bytes;
    frame.planes[0].len = len;
    frame.planes[0].row_stride = (size_t)frame.width * 4;
    EXPECT(MORETTA_STATUS_OK, moretta_donor_add_frame(session, &frame, MORETTA_DONOR_LARGEST, &donor));
    REQUIRE(zeroed(bytes, len));
    EXPECT(MORETTA_STATUS_OK, moretta_donor_give(session, 0, donor));
    EXPECT(MORETTA_STATUS_OK, moretta_donor_free(donor));
    free(bytes);
}

static void with_session(const char *path, const char *portrait, const char *pixels)
{
    moretta_options options = MORETTA_OPTIONS_INIT;
    moretta_statistics statistics = MORETTA_STATISTICS_INIT;
    moretta_result result = MORETTA_RESULT_INIT;
    moretta_surface surface = MORETTA_SURFACE_INIT;
    moretta_input input = MORETTA_INPUT_INIT;
    moretta_session *session = NULL, *second = NULL;
    moretta_effect *effect = NULL;
    moretta_frame frame = a_frame();
    moretta_picture picture = a_picture();
    size_t len = 0;
    char *report;
    int logged = 0;

    options.policy = MORETTA_POLICY_BEST_EFFORT;
    EXPECT(MORETTA_STATUS_OK, moretta_create(MORETTA_ABI, &options, &session));
    if (!session)
        return;

    /* Without consent: frames pass through, nothing is analysed, nothing can be worn. */
    fill();
    EXPECT(MORETTA_STATUS_NO_CONSENT, moretta_check(session));
    frames(session);
    places(session);
    EXPECT(MORETTA_STATUS_OK, moretta_process(session, &frame, &picture, &result));
    REQUIRE(result.passed_through == 1 && result.presence == MORETTA_PRESENCE_NOT_DISCLOSED);
    EXPECT(MORETTA_STATUS_NO_CONSENT, moretta_wear(session, MORETTA_EVERYONE, NULL));
    EXPECT(MORETTA_STATUS_NO_CONSENT, moretta_submit(session, &frame, NULL));
    EXPECT(MORETTA_STATUS_NO_CONSENT, moretta_report(session, MORETTA_REPORT_TEXT, NULL, 0, &len));
    EXPECT(MORETTA_STATUS_OK, moretta_statistics_read(session, &statistics));
    REQUIRE(statistics.frames == 0);
    EXPECT(MORETTA_STATUS_OK, moretta_consent_revoke(session));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_consent_give(session, 0));
    EXPECT(MORETTA_STATUS_NO_CONSENT, moretta_check(session));

    /* Effects. */
    EXPECT(MORETTA_STATUS_PACK, moretta_effect_from_bytes(session, rgba, BYTES, &effect));
    EXPECT(MORETTA_STATUS_PACK, moretta_effect_from_bytes(session, NULL, 0, &effect));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_effect_from_bytes(session, NULL, 5, &effect));
    EXPECT(MORETTA_STATUS_FILE, moretta_effect_from_path(session, "/nowhere.mask", 13, &effect));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_effect_from_path(session, path, strlen(path), NULL));
    REQUIRE(effect == NULL);
    EXPECT(MORETTA_STATUS_OK, moretta_effect_from_path(session, path, strlen(path), &effect));
    EXPECT(MORETTA_STATUS_EMPTY, moretta_effect_input(effect, 1000, &input));
    if (moretta_effect_input(effect, 0, &input) == MORETTA_STATUS_OK)
        REQUIRE(input.name[0] != 0 && input.min <= input.initial && input.initial <= input.max);

    /* With consent. */
    logged_status = MORETTA_STATUS_OK;
    EXPECT(MORETTA_STATUS_OK, moretta_set_log(call_back, &logged));
    EXPECT(MORETTA_STATUS_OK, moretta_consent_give(session, MORETTA_AGE_FROM_14));
    REQUIRE(logged == 0 || logged_status == MORETTA_STATUS_BUSY);
    EXPECT(MORETTA_STATUS_OK, moretta_set_log(NULL, NULL));
    EXPECT(MORETTA_STATUS_OK, moretta_check(session));
    frames(session);
    places(session);
    EXPECT(MORETTA_STATUS_OK, moretta_wear(session, MORETTA_EVERYONE, effect));
    EXPECT(MORETTA_STATUS_OK, moretta_wear(session, 1, effect));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_wear(session, MORETTA_MAX_FACES, effect));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_wear(session, 0, (moretta_effect *)(void *)session));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_destroy((moretta_session *)(void *)effect));
    EXPECT(MORETTA_STATUS_OK, moretta_wear_as_everyone(session, 1));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_wear_as_everyone(session, MORETTA_EVERYONE));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_set_input(session, MORETTA_EVERYONE, "no such", 7, 1.0f));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_set_input(session, MORETTA_EVERYONE, NULL, 7, 1.0f));
    EXPECT(MORETTA_STATUS_OK, moretta_tap(session));
    EXPECT(MORETTA_STATUS_OK, moretta_effect_free(effect));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_effect_free(effect));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_wear(session, 0, effect));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_effect_input(effect, 0, &input));
    EXPECT(MORETTA_STATUS_OK, moretta_process(session, &frame, &picture, &result));
    REQUIRE(result.passed_through == 0 && result.presence == MORETTA_PRESENCE_NOT_DISCLOSED);
    REQUIRE(result.track_ns > 0 && result.whole_ns >= result.track_ns);

    /* Surfaces that are none. */
    EXPECT(MORETTA_STATUS_NO_SURFACE, moretta_present(session, &frame, &result));
    EXPECT(MORETTA_STATUS_NO_SURFACE, moretta_submit(session, &frame, NULL));
    EXPECT(MORETTA_STATUS_NO_SURFACE, moretta_surface_resize(session, 1, 1));
    EXPECT(MORETTA_STATUS_OK, moretta_surface_detach(session));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_surface_attach(session, NULL));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_surface_attach(session, &surface));
    surface.kind = MORETTA_SURFACE_XLIB;
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_surface_attach(session, &surface));
    EXPECT(MORETTA_STATUS_EMPTY, moretta_poll(session, 0, &result));
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_poll(session, 0, NULL));

    /* What it says of itself. */
    EXPECT(MORETTA_STATUS_OK, moretta_statistics_read(session, &statistics));
    REQUIRE(statistics.frames > 0 && statistics.failed > 0 && statistics.locked_bytes > 0);
    REQUIRE(statistics.quality == MORETTA_QUALITY_HIGH);
    EXPECT(MORETTA_STATUS_TOO_SMALL, moretta_report(session, MORETTA_REPORT_JSON, NULL, 0, &len));
    report = (char *)malloc(len + 1);
    EXPECT(MORETTA_STATUS_TOO_SMALL, moretta_report(session, MORETTA_REPORT_JSON, report, len, &len));
    EXPECT(MORETTA_STATUS_OK, moretta_report(session, MORETTA_REPORT_JSON, report, len + 1, &len));
    REQUIRE(strlen(report) == len && strstr(report, "\"face_heap\": true") != NULL);
    REQUIRE(strstr(report, "\"presence\": false") != NULL);
    free(report);
    EXPECT(MORETTA_STATUS_ARGUMENT, moretta_report(session, 9, NULL, 0, &len));

    /* Pauses, twice; then wiping. */
    EXPECT(MORETTA_STATUS_OK, moretta_pause(session));
    EXPECT(MORETTA_STATUS_OK, moretta_pause(session));
    EXPECT(MORETTA_STATUS_PAUSED, moretta_check(session));
    EXPECT(MORETTA_STATUS_PAUSED, moretta_process(session, &frame, &picture, NULL));
    EXPECT(MORETTA_STATUS_OK, moretta_trim_memory(session));
    EXPECT(MORETTA_STATUS_PAUSED, moretta_check(session));
    EXPECT(MORETTA_STATUS_OK, moretta_resume(session));
    EXPECT(MORETTA_STATUS_OK, moretta_resume(session));
    EXPECT(MORETTA_STATUS_OK, moretta_trim_memory(session));
    EXPECT(MORETTA_STATUS_OK, moretta_wipe_all());
    EXPECT(MORETTA_STATUS_OK, moretta_process(session, &frame, &picture, NULL));

    /* A second session with the same device and models, which goes on when the first is gone. */
    options.share_with = session;
    options.disclose_presence = 1;
    EXPECT(MORETTA_STATUS_OK, moretta_create(MORETTA_ABI, &options, &second));
    EXPECT(MORETTA_STATUS_OK, moretta_consent_give(second, MORETTA_AGE_FROM_14));
    EXPECT(MORETTA_STATUS_OK, moretta_effect_from_path(second, path, strlen(path), &effect));
    EXPECT(MORETTA_STATUS_OK, moretta_wear(session, 0, effect));
    EXPECT(MORETTA_STATUS_OK, moretta_process(second, &frame, &picture, &result));
    REQUIRE(result.presence == MORETTA_PRESENCE_NOBODY);

    if (portrait) {
        donors(session, second, portrait);
        donors_of_views(session, portrait);
        frame_donors(session, pixels);
    }
    threads(session);
    forked(session);
    EXPECT(MORETTA_STATUS_OK, moretta_destroy(session));
    EXPECT(MORETTA_STATUS_HANDLE, moretta_destroy(session));
    strangers(session, (moretta_effect *)(void *)session, MORETTA_STATUS_HANDLE);
    EXPECT(MORETTA_STATUS_HANDLE, moretta_create(MORETTA_ABI, &options, &session));
    EXPECT(MORETTA_STATUS_OK, moretta_process(second, &frame, &picture, NULL));
    EXPECT(MORETTA_STATUS_OK, moretta_wear(second, 0, effect));
    EXPECT(MORETTA_STATUS_OK, moretta_effect_free(effect));
    EXPECT(MORETTA_STATUS_OK, moretta_destroy(second));
}

static void *on_a_small_stack(void *arguments)
{
    char **argv = (char **)arguments; /* ends with NULL */
    with_session(argv[2], argv[3], argv[3] ? argv[4] : NULL);
    return NULL;
}

int main(int argc, char **argv)
{
    enum { STACK = 512 << 10 }; /* the least that the header asks for */
    if (argc == 2 && strcmp(argv[1], "without") == 0) {
        without();
    } else if (argc >= 3 && argc <= 5 && strcmp(argv[1], "session") == 0) {
        pthread_attr_t attributes;
        pthread_t thread;
        REQUIRE(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, STACK) == 0);
        REQUIRE(pthread_create(&thread, &attributes, on_a_small_stack, argv) == 0);
        pthread_join(thread, NULL);
        pthread_attr_destroy(&attributes);
    } else {
        return 2;
    }
    if (failures)
        fprintf(stderr, "%d failures\n", failures);
    return failures != 0;
}
