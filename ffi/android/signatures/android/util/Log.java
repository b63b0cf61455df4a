// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package android.util;

public final class Log {
    private Log() {}

    public static int w(String tag, Throwable what) {
        return 0;
    }
}
