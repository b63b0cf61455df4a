/*
 * still: an effect on a picture, from a PPM file to a PPM file.
 *
 *     still PICTURE.ppm EFFECT PICTURE_OUT.ppm
 *
 * EFFECT is a .mask file or the folder of a pack. Compiles as C99 and as C++.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "moretta.h"

/* Ends the program if a call failed. */
static void check(moretta_status status, const char *what)
{
    if (status < 0) {
        fprintf(stderr, "%s: %s: %s\n", what, moretta_status_name(status), moretta_last_error());
        exit(1);
    }
}

/* Reads a PPM file (P6, 8 bits a channel) as red, green, blue, alpha. */
static uint8_t *read_ppm(const char *path, uint32_t *width, uint32_t *height)
{
    unsigned w, h, most;
    size_t pixel, pixels;
    uint8_t *rgba;
    FILE *file = fopen(path, "rb");
    if (!file || fscanf(file, "P6 %u %u %u", &w, &h, &most) != 3 || most != 255 || fgetc(file) == EOF || w < 1 ||
        h < 1 || w > 16384 || h > 16384) {
        fprintf(stderr, "%s: expected a binary PPM file\n", path);
        exit(1);
    }
    pixels = (size_t)w * h;
    rgba = (uint8_t *)malloc(pixels * 4);
    for (pixel = 0; rgba && pixel < pixels; pixel++) {
        rgba[4 * pixel + 3] = 255;
        if (fread(rgba + 4 * pixel, 3, 1, file) != 1) {
            fprintf(stderr, "%s: expected more pixels\n", path);
            exit(1);
        }
    }
    fclose(file);
    *width = w;
    *height = h;
    return rgba;
}

static void write_ppm(const char *path, const uint8_t *rgba, uint32_t width, uint32_t height)
{
    size_t pixel, pixels = (size_t)width * height;
    FILE *file = fopen(path, "wb");
    if (!file) {
        perror(path);
        exit(1);
    }
    fprintf(file, "P6\n%lu %lu\n255\n", (unsigned long)width, (unsigned long)height);
    for (pixel = 0; pixel < pixels; pixel++)
        fwrite(rgba + 4 * pixel, 3, 1, file);
    if (fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    moretta_options options = MORETTA_OPTIONS_INIT;
    moretta_frame frame = MORETTA_FRAME_INIT;
    moretta_picture picture = MORETTA_PICTURE_INIT;
    moretta_session *session = NULL;
    moretta_effect *effect = NULL;
    uint8_t *rgba;
    size_t bytes;

    if (argc != 4) {
        fprintf(stderr, "usage: still PICTURE.ppm EFFECT PICTURE_OUT.ppm\n");
        return 2;
    }
    rgba = read_ppm(argv[1], &frame.width, &frame.height);
    if (!rgba)
        return 1;
    bytes = (size_t)frame.width * frame.height * 4;

    /* [session] */
    options.policy = MORETTA_POLICY_BEST_EFFORT; /* the default refuses to start unless all memory can be locked */
    options.smoothing = MORETTA_SMOOTHING_OFF;   /* a still has no motion to smooth */
    check(moretta_create(MORETTA_ABI, &options, &session), "create");
    /* [session] */

    /* [consent] */
    /* Here an app has asked the person in its own words. This one stands for whoever typed the command. */
    check(moretta_consent_give(session, MORETTA_AGE_FROM_14), "consent");
    /* [consent] */

    /* [effect] */
    check(moretta_effect_from_path(session, argv[2], strlen(argv[2]), &effect), "effect");
    check(moretta_wear(session, MORETTA_EVERYONE, effect), "wear");
    /* [effect] */

    /* [in-place] */
    frame.format = MORETTA_FORMAT_RGBA8;
    frame.plane_count = 1;
    frame.planes[0].data = rgba;
    frame.planes[0].len = bytes;
    frame.planes[0].row_stride = (size_t)frame.width * 4;
    frame.planes[0].pixel_stride = 4;

    picture.format = MORETTA_FORMAT_RGBA8;
    picture.data = rgba; /* the finished picture takes the frame's place */
    picture.len = bytes;
    picture.row_stride = frame.planes[0].row_stride;
    check(moretta_process(session, &frame, &picture, NULL), "process");
    /* [in-place] */

    write_ppm(argv[3], rgba, frame.width, frame.height);

    /* [end] */
    check(moretta_effect_free(effect), "free");
    check(moretta_destroy(session), "destroy");
    /* [end] */
    free(rgba);
    return 0;
}
