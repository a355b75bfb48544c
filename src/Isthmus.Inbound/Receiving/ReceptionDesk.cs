using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Journal;
using Isthmus.Hl7v2;
using Isthmus.Inbound.Acknowledging;
using Isthmus.Inbound.Journal;
using Isthmus.Store.Connections;
using Isthmus.Store.WakeUps;
using Isthmus.Trust.Access.Switches;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;

namespace Isthmus.Inbound.Receiving;

/// <summary>
/// Takes a frame in: header, room, contract, seal, journal, acknowledgement. Nothing is acknowledged before it is on
/// disk; nothing that is found later changes an acknowledgement.
/// </summary>
internal sealed class ReceptionDesk(
    Func<SourceDirectory> directory, Sealer sealer, JournalWriter journal, WatermarkGauge watermarks,
    Func<SwitchBoard?> switches, WakeSender mediation, byte[] orderKey, InboundMeter meter, TimeProvider time)
{
    /// <summary>The standard gives MSH-10 up to 199 characters (HL7 v2.7.1 §2.14.9.10).</summary>
    private const int LongestControlId = 199;

    /// <summary>A night's file of a large hospital has a few thousand; each is answered, so an endless batch has an endless answer.</summary>
    private const int MostInBatch = 10_000;

    /// <summary>
    /// Reads what is needed of the frame, which need not stay valid afterwards. The message is journalled and answered by
    /// <see cref="Reception.AnswerAsync"/>. A frame that was read whole is answered, even while draining.
    /// </summary>
    public async ValueTask<Reception> TakeInAsync(ReadOnlyMemory<byte> frame, Arrival arrival)
    {
        SealSession? session = null;
        try
        {
            session = await sealer.CurrentAsync(CancellationToken.None);
        }
        catch (Exception e) when (StoreFailure.Is(e) || e is TimeoutException)
        {
            // No session, no sealing; the frame is still told apart from one that is refused for good.
        }

        return BatchEnvelope.IsBatch(frame.Span)
            ? TakeInBatch(frame, arrival, session)
            : TakeIn(frame, arrival, session);
    }

    /// <summary>Refuses a frame of which only the beginning need be there.</summary>
    public Reception Refuse(Refusal refusal, ReadOnlyMemory<byte> beginning)
    {
        _ = Hl7Peek.TryRead(beginning.Span, out var header);
        return Refuse(refusal, new AnswerForm(header, beginning.Span, time));
    }

    /// <summary>Every message of a batch is taken in, or refused, on its own; the answers leave together.</summary>
    private Reception TakeInBatch(ReadOnlyMemory<byte> frame, Arrival arrival, SealSession? session)
    {
        var messages = Hl7Batch.Read(frame).Messages;
        if (messages.Count > MostInBatch)
        {
            return Refuse(ReceptionRules.BatchTooLong, frame);
        }

        var separator = BatchEnvelope.Separator(frame.Span);
        Reception[] members = [.. messages.Select(message => TakeIn(message.Bytes, arrival, session, separator))];
        return members.Length > 0
            ? new Reception(members, new BatchForm(frame, time))
            : Refuse(ReceptionRules.BatchEmpty, frame);
    }

    /// <param name="separator">What the header of its batch declares; null where the message came alone.</param>
    private Reception TakeIn(ReadOnlyMemory<byte> message, Arrival arrival, SealSession? session, byte? separator = null)
    {
        // 1. The header decides how to answer.
        var frame = message.Span;
        var readable = Hl7Peek.TryRead(frame, out var header);
        if (readable && arrival.CharacterSet is { } characterSet && DiffersFrom(characterSet, header, frame))
        {
            var stamped = new ArrayBufferWriter<byte>(frame.Length + 64);
            HeaderStamp.Write(stamped, frame, [new HeaderValue(18, characterSet)]);
            frame = stamped.WrittenSpan;
            readable = Hl7Peek.TryRead(frame, out header);
        }

        var form = new AnswerForm(header, frame, time);
        if (!readable)
        {
            return Refuse(ReceptionRules.Unreadable, form);
        }

        if (separator is { } declared && header.Delimiters.Field != declared)
        {
            return Refuse(ReceptionRules.BatchSeparatorDiffers, form);
        }

        if (!IsUsable(header.ControlId.Of(frame)))
        {
            return Refuse(ReceptionRules.ControlIdUnusable, form);
        }

        // 2. Room, and nobody who switched it off, before any work.
        if (watermarks.Full is { } full)
        {
            return Refuse(full, form);
        }

        var (known, off) = (directory(), switches());
        if (off?.IsOff(known.Tenant.Id, SwitchKind.Tenant, known.Tenant.Id.ToString(CultureInfo.InvariantCulture)) == true)
        {
            return Refuse(SwitchRules.TenantOff, form);
        }

        // 3. The start of a link, which carries nothing.
        var number = SequenceNumber.Read(header.SequenceNumber.Of(frame));
        if (number is SequenceNumber.Start or SequenceNumber.Resynchronise && known.FindLink(arrival, header, frame) is { } starting)
        {
            return SequenceNumber.HasContent(frame, header)
                ? Refuse(ReceptionRules.SequenceStartWithContent, form)
                : new Reception(this, SourceDirectory.LinkOf(starting, header, frame), number == SequenceNumber.Resynchronise, form);
        }

        // 4. The contract: default deny.
        var (contract, refusal) = known.Find(arrival, header, frame);
        if (contract is null)
        {
            return Refuse(refusal!, form);
        }

        if (off?.IsOff(known.Tenant.Id, SwitchKind.Integration, contract.Name) == true)
        {
            return Refuse(SwitchRules.IntegrationOff, form);
        }

        var source = contract.Source;
        SequencePlace? place = null;
        if (source.Sequence == SequenceNumbers.Required)
        {
            if (number is null)
            {
                return Refuse(ReceptionRules.SequenceNumberUnusable, form);
            }

            place = new SequencePlace(SourceDirectory.LinkOf(source, header, frame), number.Value);
        }

        // 5. Seal to Mediation: from here on this zone cannot read it.
        if (session is null || off is null)
        {
            return Refuse(ReceptionRules.StoreFailed, form);
        }

        return new Reception(this, Seal(frame, header, source, place, session) with { By = arrival.By }, form);
    }

    /// <summary>Without MSH-18 a message is read as UTF-8, of which ASCII is a part.</summary>
    private static bool DiffersFrom(string characterSet, in Hl7Header header, ReadOnlySpan<byte> frame) => header.CharacterSet.IsEmpty
        ? characterSet is not ("ASCII" or "UNICODE UTF-8")
        : !Ascii.Equals(header.CharacterSet.Of(frame), characterSet);

    /// <summary>A control character in it (a NUL above all) is what a text column cannot keep and a person cannot see.</summary>
    private static bool IsUsable(ReadOnlySpan<byte> controlId) =>
        controlId.Length is > 0 and <= LongestControlId && !controlId.ContainsAnyInRange((byte)0x00, (byte)0x1F);

    private JournalEntry Seal(ReadOnlySpan<byte> frame, in Hl7Header header, SourceTerms source, SequencePlace? place, SealSession session)
    {
        var controlId = Encoding.Latin1.GetString(header.ControlId.Of(frame));
        Span<byte> hash = stackalloc byte[32];
        ContentHash.Compute(frame, [.. source.Repeats.IgnoredMshFields], hash);
        var content = new Guid(hash[..16]);
        var body = session.Seal(Compression.Pack(frame), JournalSeal.Bound(source.Name, controlId), out var nonce);
        return new JournalEntry(
            source, controlId, ControlKey(source.Name, controlId), content, OrderKey(source.Name, header.PatientId.Of(frame)),
            session.Id, nonce, frame.Length, body, place);
    }

    private static long ControlKey(string source, string controlId)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(JournalSeal.Bound(source, controlId), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    /// <summary>Source and PID-3, as a keyed hash: the queue must not tell who is in it.</summary>
    private long OrderKey(string source, ReadOnlySpan<byte> patientId)
    {
        Span<byte> text = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(source, text);
        text[length++] = 0;
        var kept = Math.Min(patientId.Length, text.Length - length);
        patientId[..kept].CopyTo(text[length..]);
        Span<byte> hash = stackalloc byte[KeyedHash.Length];
        KeyedHash.Compute(orderKey, text[..(length + kept)], hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    private Reception Refuse(Refusal refusal, AnswerForm form)
    {
        meter.Refused(refusal.Id);
        return new Reception(refusal, form);
    }

    /// <summary>Journals, then answers; a store that fails is a refusal that the sender may repeat.</summary>
    internal async Task<Answer> JournalAndAnswerAsync(JournalEntry entry, AnswerForm form)
    {
        try
        {
            var journalled = await journal.AppendAsync(entry, CancellationToken.None);
            if (RefusalOf(journalled.Verdict) is { } refusal)
            {
                meter.Refused(refusal.Id);
                return form.Refuse(refusal, journalled.Expected);
            }

            meter.Journalled(journalled.Verdict);
            mediation.Ring();
            return form.Accept(journalled.MessageId, journalled.Expected);
        }
        catch (Exception e) when (IsOfTheStore(e))
        {
            meter.Refused(ReceptionRules.StoreFailed.Id);
            return form.Refuse(ReceptionRules.StoreFailed);
        }
    }

    /// <summary>Answers the start of a link with the number that is due.</summary>
    internal async Task<Answer> StartSequenceAsync(string link, bool resynchronise, AnswerForm form)
    {
        try
        {
            return form.Accept(messageId: null, await journal.StartSequenceAsync(link, resynchronise));
        }
        catch (Exception e) when (IsOfTheStore(e))
        {
            meter.Refused(ReceptionRules.StoreFailed.Id);
            return form.Refuse(ReceptionRules.StoreFailed);
        }
    }

    private static Refusal? RefusalOf(JournalVerdict verdict) => verdict switch
    {
        JournalVerdict.Refused => ReceptionRules.ControlIdReused,
        JournalVerdict.Gap => ReceptionRules.SequenceGap,
        JournalVerdict.Behind => ReceptionRules.SequenceBehind,
        _ => null,
    };

    private static bool IsOfTheStore(Exception e) =>
        StoreFailure.Is(e) || e is TimeoutException or ObjectDisposedException or System.Threading.Channels.ChannelClosedException;
}
