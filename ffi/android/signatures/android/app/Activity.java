// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package android.app;

public class Activity extends android.content.Context {
    protected void onCreate(android.os.Bundle state) {}

    protected void onResume() {}

    protected void onPause() {}

    protected void onDestroy() {}

    public void onTrimMemory(int level) {}

    public void setContentView(android.view.View view) {}

    public final void requestPermissions(String[] permissions, int requestCode) {}

    public void onRequestPermissionsResult(int requestCode, String[] permissions, int[] grantResults) {}
}
