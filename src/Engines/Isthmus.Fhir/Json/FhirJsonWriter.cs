using System.Buffers;
using System.Runtime.Intrinsics;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Json;

/// <summary>
/// Writes an element and what is under it as compact UTF-8 JSON, properties in the order they were read or built.
/// Strings that were read are copied as they stood; numbers keep their text.
/// </summary>
public sealed class FhirJsonWriter
{
    private const int Step = 32;

    private byte[] buffer;
    private int length;

    public FhirJsonWriter(int capacity = 32 * 1024) => buffer = new byte[capacity];

    /// <summary>What has been written since the last <see cref="Clear"/>; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Written => buffer.AsMemory(0, length);

    public int Length => length;

    public static void Write(FhirElement element, IBufferWriter<byte> output)
    {
        var writer = new FhirJsonWriter();
        writer.Write(element);
        output.Write(writer.Written.Span);
    }

    public static byte[] ToBytes(FhirElement element)
    {
        var writer = new FhirJsonWriter();
        writer.Write(element);
        return writer.Written.ToArray();
    }

    public void Clear() => length = 0;

    /// <summary>Bytes between elements, such as the frame of a Bundle, as they are.</summary>
    public void Raw(ReadOnlySpan<byte> json)
    {
        Room(json.Length);
        json.CopyTo(buffer.AsSpan(length));
        length += json.Length;
    }

    /// <summary>Appends one element. The walk follows the tape's own links, so depth costs no stack.</summary>
    public void Write(FhirElement element)
    {
        if (!element.Exists)
        {
            return;
        }

        var tape = element.Tape!;
        var root = element.Index;
        var at = root;
        while (true)
        {
            ref var node = ref tape.Nodes[at];
            if (at != root && node.Name != FhirNode.None)
            {
                Name(tape, ref node);
            }

            if (node.Kind is FhirKind.Object or FhirKind.Array)
            {
                Byte(node.Kind == FhirKind.Object ? (byte)'{' : (byte)'[');
                if (node.First >= 0)
                {
                    at = node.First;
                    continue;
                }

                Byte(node.Kind == FhirKind.Object ? (byte)'}' : (byte)']');
            }
            else
            {
                Scalar(tape, ref node);
            }

            // Up through everything that ends here, then on to the next sibling.
            while (at != root && tape.Nodes[at].Next < 0)
            {
                at = tape.Nodes[at].Parent;
                Byte(tape.Nodes[at].Kind == FhirKind.Object ? (byte)'}' : (byte)']');
            }

            if (at == root)
            {
                return;
            }

            Byte((byte)',');
            at = tape.Nodes[at].Next;
        }
    }

    /// <summary>Appends an element with its property name, as one member of an object that the caller writes.</summary>
    public void WriteProperty(FhirElement element)
    {
        Name(element.Tape!, ref element.Tape!.Nodes[element.Index]);
        Write(element);
    }

    private void Name(FhirTape tape, ref FhirNode node)
    {
        if (node.Name < 0)
        {
            var name = tape.Text.AsSpan(node.NameStart, node.NameLength);
            Room(name.Length + 3);
            buffer[length++] = (byte)'"';
            name.CopyTo(buffer.AsSpan(length));
            length += name.Length;
            buffer[length++] = (byte)'"';
            buffer[length++] = (byte)':';
            return;
        }

        var property = FhirNames.Property(node.Name);
        if ((node.Flags & FhirNodeFlags.Sibling) != FhirNodeFlags.None)
        {
            Room(property.Length + 1);
            buffer[length++] = (byte)'"';
            buffer[length++] = (byte)'_';
            property[1..].CopyTo(buffer.AsSpan(length));
            length += property.Length - 1;
        }
        else if (property.Length <= FhirNames.Short)
        {
            // One move of a fixed size, of which the next text overwrites what is too much.
            Room(FhirNames.Short);
            FhirNames.ShortProperty(node.Name).CopyTo(buffer, length);
            length += property.Length;
        }
        else
        {
            Raw(property);
        }
    }

    private void Scalar(FhirTape tape, ref FhirNode node)
    {
        switch (node.Kind)
        {
            case FhirKind.True: Raw("true"u8); break;
            case FhirKind.False: Raw("false"u8); break;
            case FhirKind.Null: Raw("null"u8); break;
            case FhirKind.Number: Raw(tape.Text.AsSpan(node.Start, node.Length)); break;
            default: String(tape.Text, node.Start, node.Length, ready: (node.Flags & (FhirNodeFlags.Clean | FhirNodeFlags.Escaped)) != FhirNodeFlags.None); break;
        }
    }

    /// <summary>
    /// A string of a tape. Nearly all are short and need no escape: they are looked at and copied in steps of a vector, the last of
    /// which goes beyond the text and is written over.
    /// </summary>
    private void String(byte[] within, int start, int count, bool ready)
    {
        if (within.Length - start < count + Step)
        {
            String(within.AsSpan(start, count), ready);
            return;
        }

        Room(count + Step + 2);
        var to = length + 1;
        for (var done = 0; done < count; done += Step)
        {
            var bytes = Vector256.Create<byte>(within.AsSpan(start + done, Step));
            if (!ready && (MustEscape(bytes) & FirstOf(count - done)) != 0)
            {
                String(within.AsSpan(start, count), ready: false);
                return;
            }

            bytes.CopyTo(buffer.AsSpan(to + done, Step));
        }

        buffer[length] = (byte)'"';
        length = to + count;
        buffer[length++] = (byte)'"';
    }

    /// <summary>A bit for each byte that cannot stand in a JSON string as it is (<see cref="JsonText.MustEscape"/>).</summary>
    private static uint MustEscape(Vector256<byte> bytes) =>
        (Vector256.LessThan(bytes, Vector256.Create((byte)' ')) | Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\')))
        .ExtractMostSignificantBits();

    private static uint FirstOf(int count) => count >= Step ? uint.MaxValue : (1u << count) - 1;

    /// <summary>A JSON string of plain UTF-8 text, quotes included.</summary>
    public void String(ReadOnlySpan<byte> text) => String(text, ready: false);

    private void String(ReadOnlySpan<byte> text, bool ready)
    {
        Room(text.Length + 2);
        buffer[length++] = (byte)'"';
        while (true)
        {
            var run = ready ? -1 : text.IndexOfAny(JsonText.MustEscape);
            var clean = run < 0 ? text : text[..run];
            Room(clean.Length + 8);
            clean.CopyTo(buffer.AsSpan(length));
            length += clean.Length;
            if (run < 0)
            {
                break;
            }

            Escape(text[run]);
            text = text[(run + 1)..];
        }

        buffer[length++] = (byte)'"';
    }

    private void Escape(byte value)
    {
        var letter = value switch
        {
            (byte)'"' => (byte)'"',
            (byte)'\\' => (byte)'\\',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)'u',
        };
        buffer[length++] = (byte)'\\';
        buffer[length++] = letter;
        if (letter == 'u')
        {
            value.TryFormat(buffer.AsSpan(length), out var written, "x4", System.Globalization.CultureInfo.InvariantCulture);
            length += written;
        }
    }

    private void Byte(byte value)
    {
        Room(1);
        buffer[length++] = value;
    }

    private void Room(int more)
    {
        if (buffer.Length - length < more)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + more));
        }
    }
}
