// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package android.content;

public interface DialogInterface {
    interface OnClickListener {
        void onClick(DialogInterface dialog, int which);
    }
}
