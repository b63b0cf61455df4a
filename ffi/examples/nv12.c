/*
 * nv12: an effect on raw NV12 frames, one after the other, as a camera delivers them. Finished frames are raw RGBA.
 *
 *     nv12 WIDTH HEIGHT EFFECT < FRAMES > FINISHED
 *
 * With ffmpeg on both sides (in one line):
 *
 *     ffmpeg -i clip.mp4 -f rawvideo -pix_fmt nv12 - | nv12 640 480 glasses.mask |
 *     ffplay -f rawvideo -pixel_format rgba -video_size 640x480 -
 *
 * EFFECT is a .mask file or the folder of a pack. Compiles as C99 and as C++.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "moretta.h"

static void check(moretta_status status, const char *what)
{
    if (status < 0) {
        fprintf(stderr, "%s: %s: %s\n", what, moretta_status_name(status), moretta_last_error());
        exit(1);
    }
}

/* [log] */
static void log_line(void *user, uint32_t level, const char *text, size_t len)
{
    (void)user;
    (void)len;
    fprintf(stderr, "%s: %s\n", level == MORETTA_LOG_ERROR ? "error" : "warning", text);
}
/* [log] */

/* Says what was counted, and how faces were protected. */
static void tell(moretta_session *session)
{
    /* [statistics] */
    moretta_statistics statistics = MORETTA_STATISTICS_INIT;
    check(moretta_statistics_read(session, &statistics), "statistics");
    fprintf(stderr, "%lu frames, %.1f ms each\n", (unsigned long)statistics.frames,
            (double)statistics.mean_whole_ns / 1e6);
    /* [statistics] */

    /* [report] */
    size_t len = 0;
    char *text;
    if (moretta_report(session, MORETTA_REPORT_TEXT, NULL, 0, &len) != MORETTA_STATUS_TOO_SMALL)
        return;
    text = (char *)malloc(len + 1);
    if (text) {
        check(moretta_report(session, MORETTA_REPORT_TEXT, text, len + 1, &len), "report");
        fprintf(stderr, "%s\n", text);
        free(text);
    }
    /* [report] */
}

int main(int argc, char **argv)
{
    moretta_options options = MORETTA_OPTIONS_INIT;
    moretta_frame frame = MORETTA_FRAME_INIT;
    moretta_picture picture = MORETTA_PICTURE_INIT;
    moretta_session *session = NULL;
    moretta_effect *effect = NULL;
    size_t luma, chroma_width, chroma;
    uint8_t *nv12, *rgba;

    if (argc != 4) {
        fprintf(stderr, "usage: nv12 WIDTH HEIGHT EFFECT < FRAMES > FINISHED\n");
        return 2;
    }
    frame.width = (uint32_t)strtoul(argv[1], NULL, 10);
    frame.height = (uint32_t)strtoul(argv[2], NULL, 10);
    if (frame.width < 1 || frame.height < 1 || frame.width > 16384 || frame.height > 16384) {
        fprintf(stderr, "expected a width and a height of 1 to 16384 pixels\n");
        return 2;
    }

    /* [nv12] */
    /* One pair of U and V for two by two pixels, and one more where a side is odd. */
    luma = (size_t)frame.width * frame.height;
    chroma_width = (frame.width + 1) / 2 * 2;
    chroma = chroma_width * ((frame.height + 1) / 2);
    nv12 = (uint8_t *)malloc(luma + chroma);
    rgba = (uint8_t *)malloc(luma * 4);
    if (!nv12 || !rgba)
        return 1;

    frame.format = MORETTA_FORMAT_NV12;
    frame.flags = MORETTA_FRAME_CONSUMED; /* the frame's memory is zeroed once it is drawn */
    frame.matrix = MORETTA_MATRIX_BT709;
    frame.levels = MORETTA_LEVELS_LIMITED;
    frame.plane_count = 2;
    frame.planes[0].data = nv12;
    frame.planes[0].len = luma;
    frame.planes[0].row_stride = frame.width;
    frame.planes[0].pixel_stride = 1;
    frame.planes[1].data = nv12 + luma;
    frame.planes[1].len = chroma;
    frame.planes[1].row_stride = chroma_width;
    frame.planes[1].pixel_stride = 2;

    picture.format = MORETTA_FORMAT_RGBA8;
    picture.data = rgba;
    picture.len = luma * 4;
    picture.row_stride = (size_t)frame.width * 4;
    /* [nv12] */

    check(moretta_set_log(log_line, NULL), "log");
    options.policy = MORETTA_POLICY_BEST_EFFORT;
    check(moretta_create(MORETTA_ABI, &options, &session), "create");
    check(moretta_consent_give(session, MORETTA_AGE_FROM_14), "consent");
    check(moretta_effect_from_path(session, argv[3], strlen(argv[3]), &effect), "effect");
    check(moretta_wear(session, MORETTA_EVERYONE, effect), "wear");

    /* [loop] */
    while (fread(nv12, luma + chroma, 1, stdin) == 1) {
        check(moretta_process(session, &frame, &picture, NULL), "process");
        fwrite(rgba, luma * 4, 1, stdout);
        frame.timestamp_ns += UINT64_C(1000000000) / 30; /* a camera says when it took the frame */
    }
    /* [loop] */

    tell(session);
    check(moretta_effect_free(effect), "free");
    check(moretta_destroy(session), "destroy");
    free(nv12);
    free(rgba);
    return 0;
}
