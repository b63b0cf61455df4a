/*
 * Windows that come and go while submitted frames are under way: attached again, replaced, detached, and closed as soon as the
 * call has returned that allows it. X must see no error, and every frame that was submitted and not dropped has an end.
 *
 *     window EFFECT
 */
#include <X11/Xlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "moretta.h"

enum { WIDTH = 160, HEIGHT = 120, BYTES = WIDTH * HEIGHT * 4, ROUNDS = 12 };

static uint8_t rgba[BYTES];
static moretta_session *session;
static moretta_frame frame = MORETTA_FRAME_INIT;

static void check(moretta_status status, const char *what)
{
    if (status < 0) {
        fprintf(stderr, "%s: %s: %s\n", what, moretta_status_name(status), moretta_last_error());
        exit(1);
    }
}

static int wrong(Display *display, XErrorEvent *event)
{
    (void)display;
    fprintf(stderr, "X: error %d of request %d\n", event->error_code, event->request_code);
    exit(1);
}

static Window open_window(Display *display)
{
    Window window = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, WIDTH, HEIGHT, 0, 0, 0);
    XMapWindow(display, window);
    XSync(display, False);
    return window;
}

static void attach(Display *display, Window window)
{
    moretta_surface surface = MORETTA_SURFACE_INIT;
    surface.kind = MORETTA_SURFACE_XLIB;
    surface.width = WIDTH;
    surface.height = HEIGHT;
    surface.display = (uintptr_t)display;
    surface.window = (uintptr_t)window;
    check(moretta_surface_attach(session, &surface), "attach");
}

static void submit(int count)
{
    while (count-- > 0) {
        check(moretta_submit(session, &frame, NULL), "submit");
        frame.timestamp_ns += UINT64_C(33000000);
    }
}

int main(int argc, char **argv)
{
    moretta_options options = MORETTA_OPTIONS_INIT;
    moretta_statistics statistics = MORETTA_STATISTICS_INIT;
    moretta_result result = MORETTA_RESULT_INIT;
    moretta_effect *effect = NULL;
    Display *display;
    int round, ends = 0;

    if (argc < 2 || argc > 3 || !XInitThreads() || !(display = XOpenDisplay(NULL)))
        return 2;
    XSetErrorHandler(wrong);
    memset(rgba, 128, BYTES);
    frame.format = MORETTA_FORMAT_RGBA8;
    frame.width = WIDTH;
    frame.height = HEIGHT;
    frame.plane_count = 1;
    frame.planes[0].data = rgba;
    frame.planes[0].len = BYTES;
    frame.planes[0].row_stride = WIDTH * 4;
    frame.planes[0].pixel_stride = 4;
    options.policy = MORETTA_POLICY_BEST_EFFORT;
    options.overlap = argc == 3 && strcmp(argv[2], "overlap") == 0;
    check(moretta_create(MORETTA_ABI, &options, &session), "create");
    check(moretta_consent_give(session, MORETTA_AGE_FROM_14), "consent");
    check(moretta_effect_from_path(session, argv[1], strlen(argv[1]), &effect), "effect");
    check(moretta_wear(session, MORETTA_EVERYONE, effect), "wear");

    for (round = 0; round < ROUNDS; round++) {
        Window first = open_window(display), second = open_window(display);
        attach(display, first);
        submit(2);
        attach(display, first); /* again, as after a change of its size */
        submit(2);
        attach(display, second);
        XDestroyWindow(display, first);
        XSync(display, False);
        submit(1 + round % 2);
        check(moretta_surface_detach(session), "detach");
        XDestroyWindow(display, second);
        XSync(display, False);
        while (moretta_poll(session, 1000, &result) == MORETTA_STATUS_OK) {
            check(result.status, "a frame");
            ends++;
        }
    }
    check(moretta_statistics_read(session, &statistics), "statistics");
    if (ends == 0 || statistics.wipes != 0 || (int)(statistics.frames) < ends) {
        fprintf(stderr, "%d ends told, %lu frames, %lu wipes\n", ends, (unsigned long)statistics.frames,
                (unsigned long)statistics.wipes);
        return 1;
    }
    printf("%d windows came and went, %d ends of frames told\n", 2 * ROUNDS, ends);
    check(moretta_destroy(session), "destroy");
    XCloseDisplay(display);
    return 0;
}
