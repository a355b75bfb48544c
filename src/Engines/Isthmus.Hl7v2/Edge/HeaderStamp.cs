using System.Buffers;
using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>A value for a field of MSH: ASCII that holds no delimiter, such as a control id or a code.</summary>
/// <param name="Field">Its number, from 3.</param>
public readonly record struct HeaderValue(int Field, string Text);

/// <summary>Sets fields of a message's header and leaves every other byte as it is.</summary>
public static class HeaderStamp
{
    /// <param name="values">In rising order of their fields. An empty one clears its field, and adds none where there is none.</param>
    /// <returns>False where there is no readable MSH; nothing is written then.</returns>
    public static bool Write(IBufferWriter<byte> output, ReadOnlySpan<byte> message, ReadOnlySpan<HeaderValue> values)
    {
        ArgumentNullException.ThrowIfNull(output);
        var msh = MshStart.Find(message);
        if (!msh.CanSeparate)
        {
            return false;
        }

        var at = msh.AfterEncodingCharacters;
        var length = message[at..].IndexOfAny((byte)'\r', (byte)'\n');
        var end = length < 0 ? message.Length : at + length;
        ReadOnlySpan<byte> separator = [msh.Delimiters.Field];
        output.Write(message[..at]);
        for (var number = 3; at < end || HasText(values); number++)
        {
            var field = Next(message[..end], ref at, msh.Delimiters.Field);
            output.Write(separator);
            if (!values.IsEmpty && values[0].Field == number)
            {
                output.Advance(Encoding.ASCII.GetBytes(values[0].Text, output.GetSpan(values[0].Text.Length)));
                values = values[1..];
            }
            else
            {
                output.Write(field);
            }
        }

        output.Write(message[end..]);
        return true;
    }

    private static bool HasText(ReadOnlySpan<HeaderValue> values)
    {
        foreach (var value in values)
        {
            if (value.Text.Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The field behind the separator at <paramref name="at"/>; empty behind the last.</summary>
    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> header, ref int at, byte separator)
    {
        if (at >= header.Length)
        {
            return default;
        }

        var rest = header[(at + 1)..];
        var next = rest.IndexOf(separator);
        var field = next < 0 ? rest : rest[..next];
        at += 1 + field.Length;
        return field;
    }
}
