using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Isthmus.Simulators.Effects;

/// <summary>One request as the log's index keeps it: when, under which delivery key, about whom, and what it did to which names.</summary>
internal sealed record EffectRecord(
    long Sequence, DateTimeOffset Received, string Delivery, string Subject, int BodyOffset, int BodyLength, EffectRecordItem[] Items)
{
    private const int ItemFixedLength = sizeof(ulong) + (3 * sizeof(int)) + 1;

    public static void Write(
        ArrayBufferWriter<byte> index, long sequence, DateTimeOffset received, Draft draft, int bodyOffset, ReadOnlySpan<Effect> effects)
    {
        var length = sizeof(long) + sizeof(long) + 1 + draft.Delivery.Length + 1 + draft.Subject.Length + (3 * sizeof(int));
        foreach (ref readonly var item in draft.Items)
        {
            length += 1 + item.NameLength + ItemFixedLength;
        }

        var cursor = new SpanCursor(index.GetSpan(length));
        cursor.Put(sequence);
        cursor.Put(received.UtcTicks);
        cursor.PutText(draft.Delivery);
        cursor.PutText(draft.Subject);
        cursor.Put(bodyOffset);
        cursor.Put(draft.Length);
        cursor.Put(draft.Count);
        for (var i = 0; i < draft.Count; i++)
        {
            ref readonly var item = ref draft.Items[i];
            cursor.PutText(draft.Name(item));
            cursor.Put((long)item.Content);
            cursor.Put(bodyOffset + item.Start);
            cursor.Put(item.Length);
            cursor.Put(effects[i].Version);
            cursor.Put(effects[i].Changed);
        }

        index.Advance(cursor.Written);
    }

    /// <summary>Reads a block's index, record by record.</summary>
    public static IEnumerable<EffectRecord> ReadAll(byte[] index, int records)
    {
        var offset = 0;
        for (var i = 0; i < records; i++)
        {
            yield return Read(index, ref offset);
        }
    }

    private static EffectRecord Read(byte[] index, ref int offset)
    {
        var cursor = new SpanReader(index.AsSpan(offset));
        var sequence = cursor.Long();
        var received = new DateTimeOffset(cursor.Long(), TimeSpan.Zero);
        var delivery = cursor.Text();
        var subject = cursor.Text();
        var bodyOffset = cursor.Int();
        var bodyLength = cursor.Int();
        var items = new EffectRecordItem[cursor.Int()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = new EffectRecordItem(
                cursor.Text(), (ulong)cursor.Long(), cursor.Int(), cursor.Int(), cursor.Int(), cursor.Flag());
        }

        offset += cursor.Consumed;
        return new EffectRecord(sequence, received, delivery, subject, bodyOffset, bodyLength, items);
    }

    private ref struct SpanCursor(Span<byte> target)
    {
        private readonly Span<byte> room = target;

        public int Written { get; private set; }

        public void Put(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(room[Written..], value);
            Written += sizeof(long);
        }

        public void Put(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(room[Written..], value);
            Written += sizeof(int);
        }

        public void Put(bool value) => room[Written++] = value ? (byte)1 : (byte)0;

        public void PutText(ReadOnlySpan<byte> text)
        {
            room[Written++] = (byte)text.Length;
            text.CopyTo(room[Written..]);
            Written += text.Length;
        }
    }

    private ref struct SpanReader(ReadOnlySpan<byte> source)
    {
        private readonly ReadOnlySpan<byte> bytes = source;

        public int Consumed { get; private set; }

        public long Long()
        {
            var value = BinaryPrimitives.ReadInt64LittleEndian(bytes[Consumed..]);
            Consumed += sizeof(long);
            return value;
        }

        public int Int()
        {
            var value = BinaryPrimitives.ReadInt32LittleEndian(bytes[Consumed..]);
            Consumed += sizeof(int);
            return value;
        }

        public bool Flag() => bytes[Consumed++] != 0;

        public string Text()
        {
            var length = bytes[Consumed++];
            var text = Encoding.UTF8.GetString(bytes.Slice(Consumed, length));
            Consumed += length;
            return text;
        }
    }
}

/// <summary>One name a request touched: the version it stood at afterwards, and whether the request changed it.</summary>
internal readonly record struct EffectRecordItem(
    string Name, ulong Content, int Offset, int Length, int Version, bool Changed);
