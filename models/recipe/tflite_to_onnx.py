"""Converts the four TFLite face networks to ONNX, without loss and to the same bytes each time.

usage: tflite_to_onnx.py SOURCE.tflite TARGET.onnx [--layout nchw|native]

Layout `nchw` carries every tensor of rank 4 as NCHW; the convolutional networks use it. Layout `native` keeps
TFLite's order of axes and makes 1x1 convolutions matrix products; the blendshape network, an MLP mixer, uses it.

Weights that are exact in float16 (the TFLite files store float16) are stored as float16 behind a Cast. An operator,
option or layout that the four networks do not use is an error: nothing is converted by guess.
"""

import argparse

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

OPSET = 15
IR_VERSION = 8
# Part of the bytes, hence of the hashes in manifest.toml.
PRODUCER = "tflite2onnx_direct"

# Fewer values than this are not worth a Cast.
MIN_F16_VALUES = 16

NHWC_TO_NCHW_AXIS = {0: 0, 1: 2, 2: 3, 3: 1}


def names_of(enum):
    return {value: name for name, value in vars(enum).items() if isinstance(value, int)}


OPERATORS = names_of(tflite.BuiltinOperator)
ACTIVATIONS = names_of(tflite.ActivationFunctionType)
DTYPES = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}


def same_padding(size, kernel, stride):
    """TFLite's SAME: what it takes to cover `size`, the odd pixel at the end."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class Converter:
    def __init__(self, path, layout):
        with open(path, "rb") as file:
            self.model = tflite.Model.GetRootAsModel(file.read(), 0)
        self.graph = self.model.Subgraphs(0)
        self.layout = layout
        self.nodes = []
        self.initializers = {}
        self.counter = 0
        self.names = [f"t{i}" for i in range(self.graph.TensorsLength())]
        self.constants = {}
        for i in range(self.graph.TensorsLength()):
            tensor = self.graph.Tensors(i)
            buffer = self.model.Buffers(tensor.Buffer())
            if buffer.DataLength() > 0:
                if tensor.Sparsity() is not None:
                    raise NotImplementedError("sparse weights")
                data = np.frombuffer(buffer.DataAsNumpy().tobytes(), DTYPES[tensor.Type()])
                self.constants[i] = data.reshape(self.shape(i))

    # The graph under construction

    def shape(self, i):
        tensor = self.graph.Tensors(i)
        return [int(size) for size in tensor.ShapeAsNumpy()] if tensor.ShapeLength() else []

    def is_nchw(self, i):
        return self.layout == "nchw" and len(self.shape(i)) == 4

    def unique(self, prefix):
        self.counter += 1
        return f"{prefix}_{self.counter}"

    def add(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=self.unique(op), **attributes))
        return output

    def constant(self, array, prefix="c"):
        array = np.ascontiguousarray(array)
        name = self.unique(prefix)
        self.initializers[name] = numpy_helper.from_array(array, name)
        return name

    def weight(self, array, prefix):
        array = np.ascontiguousarray(array)
        half = array.astype(np.float16)
        if array.size < MIN_F16_VALUES or not np.array_equal(half.astype(np.float32), array):
            return self.constant(array, prefix)
        name = self.unique(prefix)
        self.initializers[name + "_f16"] = numpy_helper.from_array(half, name + "_f16")
        return self.add("Cast", [name + "_f16"], name, to=TensorProto.FLOAT)

    def ints(self, values):
        return self.constant(np.array(values, np.int64))

    def f32(self, i):
        return self.constants[i].astype(np.float32)

    def value(self, i):
        """The ONNX name of an operand, which may be a constant."""
        if i not in self.constants:
            return self.names[i]
        array = self.constants[i]
        if array.dtype == np.float16:
            array = array.astype(np.float32)
        if self.layout == "nchw":
            if array.ndim == 4:
                array = array.transpose(0, 3, 1, 2)
            elif array.ndim == 3 and array.shape[:2] == (1, 1):
                array = array.transpose(2, 0, 1)
        return self.constant(array)

    def activated(self, activation, output, emit):
        """Lets `emit(name)` add an operator, and after it the fused `activation`, so that `output` is the result."""
        kind = ACTIVATIONS[activation]
        if kind == "NONE":
            emit(self.names[output])
        elif kind == "RELU":
            before = self.unique("pre")
            emit(before)
            self.add("Relu", [before], self.names[output])
        else:
            raise NotImplementedError(kind)

    # The conversion

    def convert(self):
        graph = self.graph
        inputs = []
        for k in range(graph.InputsLength()):
            i = graph.Inputs(k)
            shape = self.shape(i)
            if self.is_nchw(i):
                shape = [shape[0], shape[3], shape[1], shape[2]]
            self.names[i] = "input" if k == 0 else f"input_{k}"
            inputs.append(helper.make_tensor_value_info(self.names[i], TensorProto.FLOAT, shape))
        for k in range(graph.OperatorsLength()):
            self.operator(graph.Operators(k))
        outputs = []
        for k in range(graph.OutputsLength()):
            i = graph.Outputs(k)
            shape = self.shape(i)
            name = "out_" + graph.Tensors(i).Name().decode().replace(":", "_").replace("/", "_")
            if self.is_nchw(i):
                if shape[1:3] != [1, 1]:
                    raise NotImplementedError("an output that is a picture")
                shape = [shape[0], shape[3]]
                self.add("Reshape", [self.names[i], self.ints(shape)], name)
            else:
                self.add("Identity", [self.names[i]], name)
            outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        nodes = self.without_pads(self.without_identities(self.nodes))
        used = {name for node in nodes for name in node.input}
        kept = [tensor for name, tensor in self.initializers.items() if name in used]
        model = helper.make_model(
            helper.make_graph(nodes, "g", inputs, outputs, kept),
            opset_imports=[helper.make_opsetid("", OPSET)],
            producer_name=PRODUCER,
        )
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        return model

    @staticmethod
    def without_identities(nodes):
        """Names the outputs directly instead of through an Identity."""
        renamed = {}
        kept = []
        for node in nodes:
            is_output = node.op_type == "Identity" and node.output[0].startswith("out_")
            if is_output and node.input[0] not in renamed:
                renamed[node.input[0]] = node.output[0]
            else:
                kept.append(node)
        for node in kept:
            for names in (node.input, node.output):
                for k, name in enumerate(names):
                    names[k] = renamed.get(name, name)
        return kept

    def without_pads(self, nodes):
        """Moves a Pad of height and width that only convolutions read into their own padding."""
        readers = {}
        for node in nodes:
            for name in node.input:
                readers.setdefault(name, []).append(node)
        folded = set()
        for node in nodes:
            if node.op_type != "Pad":
                continue
            pad = numpy_helper.to_array(self.initializers[node.input[1]])
            convolutions = readers.get(node.output[0], [])
            if len(pad) != 8 or any(pad[[0, 1, 4, 5]]) or not convolutions:
                continue
            if any(reader.op_type != "Conv" for reader in convolutions):
                continue
            for convolution in convolutions:
                own = next(a for a in convolution.attribute if a.name == "pads")
                own.ints[:] = [int(a + b) for a, b in zip(own.ints, pad[[2, 3, 6, 7]])]
                convolution.input[0] = node.input[0]
            folded.add(node.name)
        return [node for node in nodes if node.name not in folded]

    def operator(self, operator):
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        name = OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        convert = getattr(self, "op_" + name.lower(), None)
        if convert is None:
            raise NotImplementedError(name)
        inputs = [operator.Inputs(k) for k in range(operator.InputsLength())]
        outputs = [operator.Outputs(k) for k in range(operator.OutputsLength())]
        convert(operator, inputs, outputs[0])

    @staticmethod
    def options(operator, kind):
        options = kind()
        table = operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        return options

    # Weights

    def op_dequantize(self, _, inputs, output):
        self.constants[output] = self.f32(inputs[0])

    # Convolutions

    def op_conv_2d(self, operator, inputs, output):
        options = self.options(operator, tflite.Conv2DOptions)
        weights, bias = self.f32(inputs[1]), self.f32(inputs[2])
        channels_out, height, width, channels_in = weights.shape
        if self.layout == "native":
            if (height, width, options.StrideH(), options.StrideW()) != (1, 1, 1, 1):
                raise NotImplementedError("a native convolution that is no matrix product")

            def product(name):
                matrix = self.weight(weights.reshape(channels_out, channels_in).T, "w")
                unbiased = self.add("MatMul", [self.value(inputs[0]), matrix], self.unique("mm"))
                self.add("Add", [unbiased, self.weight(bias, "b")], name)

            self.activated(options.FusedActivationFunction(), output, product)
            return
        self.convolution(options, inputs[0], weights.transpose(0, 3, 1, 2), bias, 1, output)

    def op_depthwise_conv_2d(self, operator, inputs, output):
        options = self.options(operator, tflite.DepthwiseConv2DOptions)
        weights = self.f32(inputs[1]).transpose(3, 0, 1, 2)
        groups = self.shape(inputs[0])[3]
        self.convolution(options, inputs[0], weights, self.f32(inputs[2]), groups, output)

    def convolution(self, options, source, weights, bias, groups, output):
        if (options.DilationHFactor(), options.DilationWFactor()) != (1, 1):
            raise NotImplementedError("dilation")
        kernel = list(weights.shape[2:])
        strides = [options.StrideH(), options.StrideW()]
        pads = self.padding(options, source, kernel, strides)

        def emit(name):
            self.add(
                "Conv",
                [self.value(source), self.weight(weights, "w"), self.weight(bias, "b")],
                name,
                kernel_shape=kernel,
                strides=strides,
                dilations=[1, 1],
                pads=pads,
                group=groups,
            )

        self.activated(options.FusedActivationFunction(), output, emit)

    def padding(self, options, source, kernel, strides):
        if options.Padding() != tflite.Padding.SAME:
            return [0, 0, 0, 0]
        _, height, width, _ = self.shape(source)
        top, bottom = same_padding(height, kernel[0], strides[0])
        left, right = same_padding(width, kernel[1], strides[1])
        return [top, left, bottom, right]

    def op_max_pool_2d(self, operator, inputs, output):
        options = self.options(operator, tflite.Pool2DOptions)
        kernel = [options.FilterHeight(), options.FilterWidth()]
        strides = [options.StrideH(), options.StrideW()]
        pads = self.padding(options, inputs[0], kernel, strides)

        def emit(name):
            self.add("MaxPool", [self.value(inputs[0])], name, kernel_shape=kernel, strides=strides, pads=pads)

        self.activated(options.FusedActivationFunction(), output, emit)

    def op_prelu(self, _, inputs, output):
        slope = self.f32(inputs[1]).reshape(-1, 1, 1)
        self.add("PRelu", [self.value(inputs[0]), self.weight(slope, "slope")], self.names[output])

    def op_resize_bilinear(self, operator, inputs, output):
        options = self.options(operator, tflite.ResizeBilinearOptions)
        if options.AlignCorners() or not options.HalfPixelCenters():
            raise NotImplementedError("a resize that does not sample at half pixels")
        height, width = (int(size) for size in self.constants[inputs[1]])
        _, height_in, width_in, _ = self.shape(inputs[0])
        scales = np.array([1, 1, height / height_in, width / width_in], np.float32)
        self.add(
            "Resize",
            [self.value(inputs[0]), "", self.constant(scales)],
            self.names[output],
            mode="linear",
            coordinate_transformation_mode="half_pixel",
        )

    # Element by element

    def binary(self, op, operator, inputs, output, kind):
        if any(i in self.constants and self.is_nchw(output) and self.constants[i].ndim == 1 for i in inputs):
            raise NotImplementedError("a constant a channel")
        activation = self.options(operator, kind).FusedActivationFunction()
        self.activated(
            activation, output, lambda name: self.add(op, [self.value(i) for i in inputs], name)
        )

    def op_add(self, operator, inputs, output):
        self.binary("Add", operator, inputs, output, tflite.AddOptions)

    def op_sub(self, operator, inputs, output):
        self.binary("Sub", operator, inputs, output, tflite.SubOptions)

    def op_mul(self, operator, inputs, output):
        self.binary("Mul", operator, inputs, output, tflite.MulOptions)

    def op_div(self, operator, inputs, output):
        self.binary("Div", operator, inputs, output, tflite.DivOptions)

    def op_squared_difference(self, _, inputs, output):
        difference = self.add("Sub", [self.value(i) for i in inputs], self.unique("sd"))
        self.add("Mul", [difference, difference], self.names[output])

    def unary(self, op, inputs, output):
        self.add(op, [self.value(inputs[0])], self.names[output])

    def op_relu(self, _, inputs, output):
        self.unary("Relu", inputs, output)

    def op_logistic(self, _, inputs, output):
        self.unary("Sigmoid", inputs, output)

    def op_sqrt(self, _, inputs, output):
        self.unary("Sqrt", inputs, output)

    def op_neg(self, _, inputs, output):
        self.unary("Neg", inputs, output)

    def op_rsqrt(self, _, inputs, output):
        root = self.add("Sqrt", [self.value(inputs[0])], self.unique("sq"))
        self.add("Reciprocal", [root], self.names[output])

    # Sums

    def axes(self, inputs):
        if self.is_nchw(inputs[0]):
            raise NotImplementedError("a sum over a picture")
        rank = len(self.shape(inputs[0]))
        return [int(axis) % rank for axis in np.atleast_1d(self.constants[inputs[1]])]

    def op_mean(self, operator, inputs, output):
        keep = int(self.options(operator, tflite.ReducerOptions).KeepDims())
        axes = self.axes(inputs)
        self.add("ReduceMean", [self.value(inputs[0])], self.names[output], axes=axes, keepdims=keep)

    def op_sum(self, operator, inputs, output):
        keep = int(self.options(operator, tflite.ReducerOptions).KeepDims())
        operands = [self.value(inputs[0]), self.ints(self.axes(inputs))]
        self.add("ReduceSum", operands, self.names[output], keepdims=keep)

    # Shapes

    def op_pad(self, _, inputs, output):
        pads = self.constants[inputs[1]].astype(np.int64)
        if self.is_nchw(inputs[0]):
            pads = pads[[0, 3, 1, 2]]
        operands = [self.value(inputs[0]), self.constant(np.concatenate([pads[:, 0], pads[:, 1]]))]
        self.add("Pad", operands, self.names[output], mode="constant")

    def op_reshape(self, _, inputs, output):
        before, after = self.shape(inputs[0]), self.shape(output)
        source = self.value(inputs[0])
        # TFLite reshapes in NHWC order. Where one pixel or one channel is left, both orders are the same.
        if self.is_nchw(inputs[0]) and before[1:3] != [1, 1] and before[3] != 1:
            source = self.add("Transpose", [source], self.unique("nhwc"), perm=[0, 2, 3, 1])
        if self.is_nchw(output):
            if after[1:3] != [1, 1] and after[3] != 1:
                raise NotImplementedError("a reshape to a picture")
            after = [after[0], after[3], after[1], after[2]]
        self.add("Reshape", [source, self.ints(after)], self.names[output])

    def op_concatenation(self, operator, inputs, output):
        axis = self.options(operator, tflite.ConcatenationOptions).Axis() % len(self.shape(output))
        if self.is_nchw(output):
            axis = NHWC_TO_NCHW_AXIS[axis]
        self.add("Concat", [self.value(i) for i in inputs], self.names[output], axis=axis)

    def op_transpose(self, _, inputs, output):
        if self.layout != "native":
            raise NotImplementedError("a transposed picture")
        order = [int(axis) for axis in self.constants[inputs[1]]]
        self.add("Transpose", [self.value(inputs[0])], self.names[output], perm=order)

    def op_strided_slice(self, operator, inputs, output):
        options = self.options(operator, tflite.StridedSliceOptions)
        begin, end, strides = (self.constants[i] for i in inputs[1:4])
        if options.EllipsisMask() or options.NewAxisMask() or any(strides != 1) or self.layout != "native":
            raise NotImplementedError("a slice other than a plain range")
        shape = self.shape(inputs[0])
        squeezed, starts, ends, axes = [], [], [], []
        for axis, size in enumerate(shape):
            first = 0 if options.BeginMask() >> axis & 1 else int(begin[axis]) % size
            last = size if options.EndMask() >> axis & 1 else int(end[axis])
            if last < 0:
                last += size
            if options.ShrinkAxisMask() >> axis & 1:
                last = first + 1
                squeezed.append(axis)
            if (first, last) != (0, size):
                starts.append(first)
                ends.append(min(last, size))
                axes.append(axis)
        if not axes:
            op, rest = ("Squeeze", [self.ints(squeezed)]) if squeezed else ("Identity", [])
            self.add(op, [self.value(inputs[0]), *rest], self.names[output])
            return
        operands = [self.value(inputs[0]), self.ints(starts), self.ints(ends), self.ints(axes)]
        if not squeezed:
            self.add("Slice", operands, self.names[output])
            return
        part = self.add("Slice", operands, self.unique("sl"))
        self.add("Squeeze", [part, self.ints(squeezed)], self.names[output])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--layout", choices=["nchw", "native"], default="nchw")
    arguments = parser.parse_args()
    onnx.save(Converter(arguments.source, arguments.layout).convert(), arguments.target)


if __name__ == "__main__":
    main()
