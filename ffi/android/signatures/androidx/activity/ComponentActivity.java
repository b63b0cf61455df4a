// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package androidx.activity;

public class ComponentActivity extends android.app.Activity implements androidx.lifecycle.LifecycleOwner {}
