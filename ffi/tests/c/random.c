/*
 * Calls in an order that nobody means, with arguments that are mostly a little wrong: handles that are gone or of
 * another kind, structs of other sizes, frames whose fields do not fit. None may crash, write where it should not, or
 * answer with a fault.
 *
 *     random EFFECT SEED SECONDS
 *
 * The same seed makes the same calls. It prints how many were made, and how many did what they were asked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "moretta.h"

enum { SIDE = 96, ROOM = SIDE * SIDE * 4, GUARD = 64, SESSIONS = 3, EFFECTS = 4 };

static uint64_t state;

static uint32_t below(uint32_t end)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((state >> 33) % end);
}

/* True once in `times`. */
static int once_in(uint32_t times)
{
    return below(times) == 0;
}

static uint8_t *in, *out;
static moretta_session *sessions[SESSIONS];
static moretta_effect *effects[EFFECTS];

static moretta_session *a_session(void)
{
    if (once_in(40))
        return (moretta_session *)(void *)effects[below(EFFECTS)];
    if (once_in(40))
        return (moretta_session *)(uintptr_t)below(4000);
    return sessions[once_in(4) ? below(SESSIONS) : 0];
}

static moretta_effect *an_effect(void)
{
    if (once_in(40))
        return (moretta_effect *)(void *)sessions[below(SESSIONS)];
    return effects[below(EFFECTS)];
}

static uint32_t a_number(void)
{
    static const uint32_t numbers[] = { 0, 1, 2, 3, 4, 15, 16, 17, 90, 255, 16384, 16385, 65536, UINT32_C(0x7fffffff),
                                        UINT32_C(0x80000000), UINT32_C(0xffffffff) };
    return once_in(4) ? below(1000) : numbers[below(sizeof(numbers) / sizeof(*numbers))];
}

/* A frame that fits, and then a field or two that may not. */
static moretta_frame a_frame(void)
{
    static const uint32_t planes[] = { 0, 1, 1, 2, 2, 3, 3, 3 };
    moretta_frame frame = MORETTA_FRAME_INIT;
    uint32_t i, changes = once_in(3) ? 1 + below(2) : 0;
    size_t luma, half_width, half_height;

    frame.format = 1 + below(7);
    frame.width = 1 + below(SIDE);
    frame.height = 1 + below(SIDE);
    frame.plane_count = planes[frame.format];
    frame.rotation_degrees = 90 * below(4);
    frame.flags = once_in(4) ? below(4) : below(2);
    frame.matrix = below(3);
    frame.levels = below(3);
    frame.timestamp_ns = once_in(20) ? 0 : UINT64_C(33000000) * below(100000);
    luma = (size_t)frame.width * frame.height;
    half_width = (frame.width + 1) / 2;
    half_height = (frame.height + 1) / 2;
    for (i = 0; i < frame.plane_count; i++) {
        size_t pixel = frame.format <= 2 ? 4 : i == 0 ? 1 : frame.format <= 4 ? 2 : 1;
        size_t width = frame.format > 2 && i > 0 ? half_width : frame.width;
        size_t height = frame.format > 2 && i > 0 ? half_height : frame.height;
        frame.planes[i].data = in + GUARD + (i == 0 ? 0 : luma + (i - 1) * half_width * half_height);
        frame.planes[i].pixel_stride = pixel;
        frame.planes[i].row_stride = width * pixel;
        frame.planes[i].len = width * height * pixel;
    }
    while (changes-- > 0) {
        uint32_t plane = below(3);
        switch (below(12)) {
        case 0: frame.struct_size = a_number(); break;
        case 1: frame.format = a_number(); break;
        case 2: frame.width = a_number(); break;
        case 3: frame.height = a_number(); break;
        case 4: frame.plane_count = a_number(); break;
        case 5: frame.rotation_degrees = a_number(); break;
        case 6: frame.flags |= a_number() & ~(uint32_t)MORETTA_FRAME_CONSUMED; break;
        case 7: frame.reserved = a_number(); break;
        case 8: frame.planes[plane].data = NULL; break;
        case 9: frame.planes[plane].len = below(ROOM / 2); break; /* never more than there is */
        case 10: frame.planes[plane].row_stride = once_in(2) ? (size_t)-1 : a_number(); break;
        default: frame.planes[plane].pixel_stride = a_number(); break;
        }
    }
    /* What is not memory cannot be told from what is: a size that reaches behind what there is would be our fault. */
    if (frame.struct_size > sizeof(frame))
        frame.struct_size = (uint32_t)sizeof(frame);
    return frame;
}

static moretta_picture a_picture(const moretta_frame *frame)
{
    moretta_picture picture = MORETTA_PICTURE_INIT;
    int turned = frame->rotation_degrees % 180 != 0;
    uint32_t width = turned ? frame->height : frame->width;
    picture.format = 1 + below(2);
    picture.data = once_in(5) ? in + GUARD : out + GUARD;
    picture.row_stride = (width > (uint32_t)SIDE ? (size_t)SIDE : (size_t)width) * 4;
    picture.len = ROOM;
    if (once_in(10)) {
        switch (below(4)) {
        case 0: picture.format = a_number(); break;
        case 1: picture.data = once_in(2) ? NULL : in + GUARD + below(16); picture.len = ROOM - 16; break;
        case 2: picture.len = below(ROOM); break;
        default: picture.row_stride = once_in(2) ? (size_t)-1 : a_number(); break;
        }
    }
    return picture;
}

/* Bytes around what may be written. */
static void check_guards(void)
{
    size_t i;
    for (i = 0; i < GUARD; i++) {
        if (in[i] != 0xa5 || in[GUARD + ROOM + i] != 0xa5 || out[i] != 0xa5 || out[GUARD + ROOM + i] != 0xa5) {
            fprintf(stderr, "bytes outside of a picture were written\n");
            exit(1);
        }
    }
}

static moretta_status create(void)
{
    moretta_options options = MORETTA_OPTIONS_INIT;
    uint32_t place = 1 + below(SESSIONS - 1); /* the first one stays: it has the device */
    moretta_session *made = sessions[place];
    moretta_status status;
    if (once_in(2))
        return moretta_destroy(sessions[place]);
    options.policy = MORETTA_POLICY_BEST_EFFORT;
    options.share_with = sessions[0];
    options.max_faces = once_in(5) ? a_number() : 0;
    options.disclose_presence = below(2);
    options.overlap = below(2);
    status = moretta_create(MORETTA_ABI, &options, &made);
    if (status == MORETTA_STATUS_OK) {
        moretta_destroy(sessions[place]);
        sessions[place] = made;
    }
    return status;
}

static moretta_status one_call(const char *path)
{
    moretta_frame frame = a_frame();
    moretta_picture picture = a_picture(&frame);
    moretta_result result = MORETTA_RESULT_INIT;
    moretta_statistics statistics = MORETTA_STATISTICS_INIT;
    moretta_input input = MORETTA_INPUT_INIT;
    moretta_surface surface = MORETTA_SURFACE_INIT;
    moretta_session *session = a_session();
    moretta_effect **place = &effects[below(EFFECTS)];
    static char report[4096];
    static moretta_donor *donor;
    uint64_t token;
    size_t len;

    switch (below(48)) {
    case 0: return create();
    case 1: return moretta_consent_give(session, once_in(4) ? a_number() : 1 + below(2));
    case 2: return once_in(3) ? moretta_consent_revoke(session) : moretta_check(session);
    case 3: return moretta_effect_from_path(session, path, strlen(path), place);
    case 4: return moretta_effect_from_bytes(session, in, below(2000), place);
    case 5: return moretta_effect_free(an_effect());
    case 6: return moretta_effect_input(an_effect(), a_number(), &input);
    case 7: case 8: return moretta_wear(session, once_in(2) ? MORETTA_EVERYONE : a_number(), an_effect());
    case 9: return moretta_wear_as_everyone(session, a_number());
    case 10: return moretta_set_input(session, a_number(), (const char *)in + GUARD, below(64), (float)a_number());
    case 11: return moretta_tap(session);
    case 12: return moretta_present(session, &frame, &result);
    case 13: return moretta_submit(session, &frame, &token);
    case 14: return moretta_poll(session, below(3), &result);
    case 15: surface.kind = a_number(); return moretta_surface_attach(session, &surface);
    case 16: return moretta_surface_resize(session, a_number(), a_number());
    case 17: return moretta_surface_detach(session);
    case 18: return moretta_pause(session);
    case 19: case 20: case 21: return moretta_resume(session);
    case 22: return once_in(4) ? moretta_trim_memory(session) : moretta_wipe_all();
    case 23:
        statistics.struct_size = below(1 + (uint32_t)sizeof(statistics));
        return moretta_statistics_read(session, &statistics);
    case 24: return moretta_report(session, a_number(), report, below(sizeof(report)), &len);
    case 25: return moretta_donor_add(session, in + GUARD, below(2000), once_in(4) ? a_number() : 1 + below(2), &donor);
    case 26: return moretta_donor_give(session, once_in(2) ? MORETTA_EVERYONE : a_number(), once_in(2) ? NULL : donor);
    case 27: return moretta_donor_give_as_everyone(session, a_number());
    case 28: return moretta_donor_add_frame(session, &frame, once_in(4) ? a_number() : 1 + below(2), &donor);
    case 30: {
        moretta_bytes views[2] = {{in + GUARD, below(1000)}, {in + GUARD + below(1000), below(1000)}};
        return moretta_donor_add_views(session, views, below(3), once_in(4) ? a_number() : 1 + below(2), &donor);
    }
    case 29: return moretta_donor_free(once_in(2) ? donor : (moretta_donor *)(uintptr_t)a_number());
    default: return moretta_process(session, &frame, &picture, once_in(3) ? NULL : &result);
    }
}

int main(int argc, char **argv)
{
    moretta_options options = MORETTA_OPTIONS_INIT;
    unsigned long calls = 0, done = 0;
    time_t end;
    size_t i;

    if (argc != 4)
        return 2;
    state = strtoul(argv[2], NULL, 10);
    end = time(NULL) + (time_t)strtoul(argv[3], NULL, 10);
    in = (uint8_t *)malloc(ROOM + 2 * GUARD);
    out = (uint8_t *)malloc(ROOM + 2 * GUARD);
    if (!in || !out)
        return 1;
    memset(in, 0xa5, ROOM + 2 * GUARD);
    memset(out, 0xa5, ROOM + 2 * GUARD);
    options.policy = MORETTA_POLICY_BEST_EFFORT;
    if (moretta_create(MORETTA_ABI, &options, &sessions[0]) != MORETTA_STATUS_OK) {
        fprintf(stderr, "%s\n", moretta_last_error());
        return 1;
    }
    while (time(NULL) < end) {
        moretta_status status = one_call(argv[1]);
        calls++;
        done += status == MORETTA_STATUS_OK;
        if (status == MORETTA_STATUS_BUG || strcmp(moretta_status_name(status), "no status of Moretta's") == 0) {
            fprintf(stderr, "call %lu of seed %s: %d %s\n", calls, argv[2], (int)status, moretta_last_error());
            return 1;
        }
        check_guards();
    }
    for (i = 0; i < SESSIONS; i++)
        moretta_destroy(sessions[i]);
    printf("%lu calls, %lu of them did what they were asked\n", calls, done);
    free(in);
    free(out);
    return done * 10 < calls; /* calls that all fail would show nothing */
}
