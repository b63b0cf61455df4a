import AVFoundation
import Moretta
import UIKit

/// The front camera with glasses on every face. The app needs NSCameraUsageDescription in its Info.plist.
final class CameraViewController: UIViewController, AVCaptureVideoDataOutputSampleBufferDelegate {
    /// All that is done with the session is done here, so that no call finds another one under way.
    private let queue = DispatchQueue(label: "camera")
    private let capture = AVCaptureSession()
    private let layer = CAMetalLayer()
    private var session: Session?

    override func viewDidLoad() {
        super.viewDidLoad()
        view.layer.addSublayer(layer)
        // [session]
        queue.async {
            var options = Options()
            options.policy = .bestEffort // the default refuses to analyse unless all memory can be locked
            self.session = try? Session(options)
        }
        // [session]
        follow(UIApplication.didEnterBackgroundNotification) { try $0.pause() } // wipes
        follow(UIApplication.willEnterForegroundNotification) { try $0.resume() }
        follow(UIApplication.didReceiveMemoryWarningNotification) { try $0.trimMemory() }
    }

    override func viewDidAppear(_ animated: Bool) {
        super.viewDidAppear(animated)
        let question = UIAlertController(
            title: nil,
            message: "Look for faces in the camera's picture, to draw glasses on them? Nothing leaves this device.",
            preferredStyle: .alert)
        question.addAction(UIAlertAction(title: "I am 14 or older: yes", style: .default) { _ in self.consented() })
        question.addAction(UIAlertAction(title: "No", style: .cancel))
        present(question, animated: true)
    }

    private func consented() {
        guard let url = Bundle.main.url(forResource: "glasses", withExtension: "mask"),
            let pack = try? Data(contentsOf: url)
        else { return }
        AVCaptureDevice.requestAccess(for: .video) { granted in
            guard granted else { return }
            // [effect]
            self.queue.async {
                guard let session = self.session else { return }
                do {
                    try session.giveConsent(.from14) // the person was asked, and said yes
                    try session.wear(session.loadEffect(pack))
                } catch {
                    print(error)
                }
                self.start()
            }
            // [effect]
        }
    }

    // [camera]
    private func start() {
        guard let device = AVCaptureDevice.default(.builtInWideAngleCamera, for: .video, position: .front),
            let input = try? AVCaptureDeviceInput(device: device)
        else { return }
        let output = AVCaptureVideoDataOutput()
        output.videoSettings = [
            kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_420YpCbCr8BiPlanarFullRange
        ]
        output.alwaysDiscardsLateVideoFrames = true
        output.setSampleBufferDelegate(self, queue: queue)
        capture.addInput(input)
        capture.addOutput(output)
        capture.startRunning()
    }

    func captureOutput(
        _ output: AVCaptureOutput, didOutput sample: CMSampleBuffer, from connection: AVCaptureConnection
    ) {
        guard let session, session.isRunning, let buffer = CMSampleBufferGetImageBuffer(sample) else { return }
        // Of a phone that is held upright.
        let orientation = Orientation(rotationDegrees: 90, isMirrored: true)
        do {
            try session.present(buffer, at: CMSampleBufferGetPresentationTimeStamp(sample), orientation)
        } catch {
            print(error)
        }
    }
    // [camera]

    // [surface]
    override func viewDidLayoutSubviews() {
        super.viewDidLayoutSubviews()
        layer.frame = view.bounds
        let scale = view.window?.screen.scale ?? 1
        let size = CGSize(width: view.bounds.width * scale, height: view.bounds.height * scale)
        layer.drawableSize = size
        queue.async { [layer] in
            try? self.session?.attach(layer, size: size)
        }
    }
    // [surface]

    // [lifecycle]
    private func follow(_ name: Notification.Name, _ action: @escaping (Session) throws -> Void) {
        NotificationCenter.default.addObserver(forName: name, object: nil, queue: nil) { [weak self] _ in
            self?.queue.sync { // it has happened when the app is told so
                if let session = self?.session {
                    try? action(session)
                }
            }
        }
    }
    // [lifecycle]
}
