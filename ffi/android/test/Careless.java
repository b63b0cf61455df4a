/** What -Xcheck:jni must see, or what it says of the rest is worth nothing: careless.c goes on though something was thrown. */
final class Careless {
    private Careless() {}

    static native void careless();

    public static void main(String[] arguments) {
        System.loadLibrary("careless");
        try {
            careless();
        } catch (IllegalStateException expected) {
            System.out.println("thrown");
        }
    }
}
