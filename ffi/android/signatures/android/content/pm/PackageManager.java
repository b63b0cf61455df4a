// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package android.content.pm;

public class PackageManager {
    public static final int PERMISSION_GRANTED = 0;
}
