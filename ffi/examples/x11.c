/*
 * x11: an effect on raw NV12 frames, shown in a window of X11 until they end or it is closed.
 *
 *     x11 WIDTH HEIGHT EFFECT < FRAMES
 *
 * EFFECT is a .mask file or the folder of a pack. Compiles as C99 and as C++; link with -lX11.
 */
#include <X11/Xlib.h>
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

/* Takes the window's events. Returns 0 when it was closed. */
static int events(Display *display, moretta_session *session, Atom closing)
{
    while (XPending(display)) {
        XEvent event;
        XNextEvent(display, &event);
        /* [resize] */
        if (event.type == ConfigureNotify) {
            uint32_t width = (uint32_t)event.xconfigure.width, height = (uint32_t)event.xconfigure.height;
            check(moretta_surface_resize(session, width, height), "resize");
        }
        /* [resize] */
        if (event.type == ButtonPress)
            check(moretta_tap(session), "tap");
        if (event.type == ClientMessage && (Atom)event.xclient.data.l[0] == closing)
            return 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    moretta_options options = MORETTA_OPTIONS_INIT;
    moretta_frame frame = MORETTA_FRAME_INIT;
    moretta_surface surface = MORETTA_SURFACE_INIT;
    moretta_session *session = NULL;
    moretta_effect *effect = NULL;
    unsigned long shown = 0;
    size_t luma, chroma;
    uint8_t *nv12;
    Display *display;
    Window window;
    Atom closing;

    if (argc != 4) {
        fprintf(stderr, "usage: x11 WIDTH HEIGHT EFFECT < FRAMES\n");
        return 2;
    }
    frame.width = (uint32_t)strtoul(argv[1], NULL, 10);
    frame.height = (uint32_t)strtoul(argv[2], NULL, 10);
    if (frame.width < 2 || frame.height < 2 || frame.width > 4096 || frame.height > 4096 || frame.width % 2 ||
        frame.height % 2) {
        fprintf(stderr, "expected an even width and height of 2 to 4096 pixels\n");
        return 2;
    }
    luma = (size_t)frame.width * frame.height;
    chroma = luma / 2;
    nv12 = (uint8_t *)malloc(luma + chroma);
    if (!nv12)
        return 1;
    frame.format = MORETTA_FORMAT_NV12;
    frame.plane_count = 2;
    frame.planes[0].data = nv12;
    frame.planes[0].len = luma;
    frame.planes[0].row_stride = frame.width;
    frame.planes[0].pixel_stride = 1;
    frame.planes[1].data = nv12 + luma;
    frame.planes[1].len = chroma;
    frame.planes[1].row_stride = frame.width;
    frame.planes[1].pixel_stride = 2;

    XInitThreads(); /* the window is drawn from the session's own thread */
    display = XOpenDisplay(NULL);
    if (!display) {
        fprintf(stderr, "no display\n");
        return 1;
    }
    window = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, frame.width, frame.height, 0, 0, 0);
    closing = XInternAtom(display, "WM_DELETE_WINDOW", False);
    XSetWMProtocols(display, window, &closing, 1);
    XSelectInput(display, window, StructureNotifyMask | ButtonPressMask);
    XStoreName(display, window, "Moretta");
    XMapWindow(display, window);
    XSync(display, False);

    options.policy = MORETTA_POLICY_BEST_EFFORT;
    check(moretta_create(MORETTA_ABI, &options, &session), "create");
    check(moretta_consent_give(session, MORETTA_AGE_FROM_14), "consent");
    check(moretta_effect_from_path(session, argv[3], strlen(argv[3]), &effect), "effect");
    check(moretta_wear(session, MORETTA_EVERYONE, effect), "wear");

    /* [surface] */
    surface.kind = MORETTA_SURFACE_XLIB;
    surface.width = frame.width;
    surface.height = frame.height;
    surface.display = (uintptr_t)display;
    surface.window = (uintptr_t)window;
    check(moretta_surface_attach(session, &surface), "attach");
    /* [surface] */

    /* [submit] */
    while (events(display, session, closing) && fread(nv12, luma + chroma, 1, stdin) == 1) {
        moretta_result result = MORETTA_RESULT_INIT;
        check(moretta_submit(session, &frame, NULL), "submit"); /* copies it: `nv12` may be filled again */
        if (moretta_poll(session, 1000, &result) == MORETTA_STATUS_OK) {
            check(result.status, "frame");
            shown += result.presented;
        }
        frame.timestamp_ns += UINT64_C(1000000000) / 30;
    }
    /* [submit] */

    printf("%lu frames shown\n", shown);
    check(moretta_surface_detach(session), "detach"); /* before the window goes */
    check(moretta_effect_free(effect), "free");
    check(moretta_destroy(session), "destroy");
    XDestroyWindow(display, window);
    XCloseDisplay(display);
    free(nv12);
    return 0;
}
