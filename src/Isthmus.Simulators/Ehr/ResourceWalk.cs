using System.Text;
using System.Text.Json;

namespace Isthmus.Simulators.Ehr;

/// <summary>
/// What the server needs to know of one resource, found in one pass of the reader without building a document:
/// its type, its id, whom it is about, and where its bytes lie.
/// </summary>
internal readonly ref struct ResourceWalk
{
    public ReadOnlySpan<byte> Type { get; private init; }

    public ReadOnlySpan<byte> Id { get; private init; }

    /// <summary>The reference in <c>subject</c> or <c>patient</c>, empty if there is none.</summary>
    public ReadOnlySpan<byte> Subject { get; private init; }

    public int Start { get; private init; }

    public int Length { get; private init; }

    /// <summary>Walks the resource whose opening brace the reader stands on; leaves it on the closing one.</summary>
    public static ResourceWalk Read(scoped ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A resource is an object.");
        }

        var start = (int)reader.TokenStartIndex;
        ReadOnlySpan<byte> type = default, id = default, subject = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("resourceType"u8))
            {
                reader.Read();
                type = Text(ref reader);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = Text(ref reader);
            }
            else if (reader.ValueTextEquals("subject"u8) || reader.ValueTextEquals("patient"u8))
            {
                reader.Read();
                subject = Reference(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new ResourceWalk
        {
            Type = type, Id = id, Subject = subject, Start = start, Length = (int)reader.BytesConsumed - start,
        };
    }

    /// <summary>A string value; empty for any other kind of value, which is skipped.</summary>
    public static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return default;
        }

        return reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
    }

    private static ReadOnlySpan<byte> Reference(scoped ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> reference = default;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return reference;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("reference"u8))
            {
                reader.Read();
                reference = Text(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return reference;
    }
}
