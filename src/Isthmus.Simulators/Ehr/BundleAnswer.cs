using System.Buffers;
using Isthmus.Simulators.Effects;

namespace Isthmus.Simulators.Ehr;

/// <summary>The response Bundle: one <c>response</c> per entry, in the entries' order (R4 bundle.html#bundle-response).</summary>
internal static class BundleAnswer
{
    private const int RoomPerEntry = 224;

    public static ReadOnlyMemory<byte> Compose(Draft draft, ReceivedBundle bundle, Effect[] effects, DateTimeOffset now)
    {
        var answer = new ArrayBufferWriter<byte>(64 + (bundle.Entries.Count * RoomPerEntry));
        answer.Write("{\"resourceType\":\"Bundle\",\"type\":\""u8);
        answer.Write(bundle.IsTransaction ? "transaction-response"u8 : "batch-response"u8);
        answer.Write("\",\"entry\":["u8);
        for (var i = 0; i < bundle.Entries.Count; i++)
        {
            if (i > 0)
            {
                answer.Write(","u8);
            }

            var entry = bundle.Entries[i];
            if (entry.Item < 0)
            {
                answer.Write("{\"response\":{\"status\":\"400 Bad Request\",\"outcome\":"u8);
                answer.Write(OperationOutcome.Of(400, entry.Objection ?? BundleWalk.NotSupported));
                answer.Write("}}"u8);
                continue;
            }

            WriteDone(answer, draft.Name(draft.Items[entry.Item]), effects[entry.Item], now);
        }

        answer.Write("]}"u8);
        return answer.WrittenMemory;
    }

    private static void WriteDone(ArrayBufferWriter<byte> answer, ReadOnlySpan<byte> name, Effect effect, DateTimeOffset now)
    {
        answer.Write(effect is { Version: 1, Changed: true }
            ? "{\"response\":{\"status\":\"201 Created\",\"location\":\""u8
            : "{\"response\":{\"status\":\"200 OK\",\"location\":\""u8);
        answer.Write(name);
        answer.Write("/_history/"u8);
        WriteNumber(answer, effect.Version);
        answer.Write("\",\"etag\":\"W/\\\""u8);
        WriteNumber(answer, effect.Version);
        answer.Write("\\\"\",\"lastModified\":\""u8);
        var room = answer.GetSpan(40);
        now.TryFormat(room, out var written, "O", System.Globalization.CultureInfo.InvariantCulture);
        answer.Advance(written);
        answer.Write("\"}}"u8);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> answer, int number)
    {
        var room = answer.GetSpan(11);
        number.TryFormat(room, out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        answer.Advance(written);
    }
}
