package dev.moretta.sample

import android.Manifest
import android.app.AlertDialog
import android.content.pm.PackageManager
import android.os.Bundle
import android.util.Log
import android.view.SurfaceHolder
import android.view.SurfaceView
import androidx.activity.ComponentActivity
import androidx.camera.core.CameraSelector
import androidx.camera.core.ImageAnalysis
import androidx.camera.core.ImageProxy
import androidx.camera.lifecycle.ProcessCameraProvider
import androidx.core.content.ContextCompat
import dev.moretta.AgeBand
import dev.moretta.Frame
import dev.moretta.MorettaException
import dev.moretta.Options
import dev.moretta.Policy
import dev.moretta.Session
import dev.moretta.Status
import dev.moretta.of
import java.util.concurrent.Executors
import java.util.concurrent.Future

/** The front camera with glasses on every face. */
class MainActivity : ComponentActivity(), SurfaceHolder.Callback {
    /** All that is done with the session is done here, so that no call finds another one under way. */
    private val camera = Executors.newSingleThreadExecutor()
    private val frame = Frame()
    private var session: Session? = null
    private var attached = false

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        val view = SurfaceView(this)
        setContentView(view)
        view.holder.addCallback(this)
        // [session]
        // The strict policy, the default, refuses to analyse unless all memory can be locked, which few phones grant.
        onCamera { session = Session(Options(policy = Policy.BEST_EFFORT)) }
        // [session]
        ask()
    }

    // [thread]
    private fun onCamera(call: () -> Unit): Future<*> = camera.submit { safely(call) }

    /** What fails is said, and no more: an exception that nobody takes would end the app. */
    private fun safely(call: () -> Unit) {
        try {
            call()
        } catch (exception: MorettaException) {
            Log.w("sample", exception)
        }
    }
    // [thread]

    private fun ask() {
        AlertDialog.Builder(this)
            .setMessage("Look for faces in the camera's picture, to draw glasses on them? Nothing leaves this device.")
            .setPositiveButton("I am 14 or older: yes") { _, _ -> consented() }
            .setNegativeButton("No", null)
            .show()
    }

    private fun consented() {
        // [effect]
        val pack = assets.open("glasses.mask").use { it.readBytes() }
        onCamera {
            session?.apply {
                giveConsent(AgeBand.FROM_14) // the person was asked, and said yes
                loadEffect(pack).use { wear(it) }
            }
        }
        // [effect]
        if (checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED) {
            start()
        } else {
            requestPermissions(arrayOf(Manifest.permission.CAMERA), 1)
        }
    }

    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<String>, grantResults: IntArray) {
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        if (grantResults.firstOrNull() == PackageManager.PERMISSION_GRANTED) {
            start()
        }
    }

    // [camera]
    private fun start() {
        val provider = ProcessCameraProvider.getInstance(this)
        provider.addListener({
            val analysis = ImageAnalysis.Builder()
                .setBackpressureStrategy(ImageAnalysis.STRATEGY_KEEP_ONLY_LATEST)
                .build()
            analysis.setAnalyzer(camera, ImageAnalysis.Analyzer { image ->
                image.use { safely { draw(it) } }
            })
            provider.get().unbindAll()
            provider.get().bindToLifecycle(this, CameraSelector.DEFAULT_FRONT_CAMERA, analysis)
        }, ContextCompat.getMainExecutor(this))
    }

    private fun draw(image: ImageProxy) {
        val session = session ?: return
        if (attached && session.state == Status.OK) {
            session.present(frame.of(image, mirror = true))
            frame.clear()
        }
    }
    // [camera]

    override fun surfaceCreated(holder: SurfaceHolder) = Unit

    // [surface]
    override fun surfaceChanged(holder: SurfaceHolder, format: Int, width: Int, height: Int) {
        val surface = holder.surface
        onCamera {
            session?.attach(surface, width, height)
            attached = true
        }
    }

    override fun surfaceDestroyed(holder: SurfaceHolder) {
        val detached = onCamera {
            attached = false
            session?.detach()
        }
        detached.get() // afterwards the surface is gone
    }
    // [surface]

    // [lifecycle]
    override fun onPause() {
        super.onPause()
        onCamera { session?.pause() }.get() // wipes
    }

    override fun onResume() {
        super.onResume()
        onCamera { session?.resume() }
    }

    override fun onTrimMemory(level: Int) {
        super.onTrimMemory(level)
        onCamera { session?.trimMemory() }
    }

    override fun onDestroy() {
        super.onDestroy()
        onCamera { session?.close() }
        camera.shutdown()
    }
    // [lifecycle]
}
