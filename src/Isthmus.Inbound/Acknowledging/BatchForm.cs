using System.Buffers;
using Isthmus.Hl7v2;

namespace Isthmus.Inbound.Acknowledging;

/// <summary>How a batch is to be answered: each message by its own acknowledgement, all of them in one batch (HL7 v2.5.1 §2.10.3).</summary>
internal sealed class BatchForm
{
    /// <summary>Of the batch nothing but its header is quoted.</summary>
    private const int MostOfHeader = 1024;

    private readonly byte[] header;
    private readonly TimeProvider time;

    public BatchForm(ReadOnlyMemory<byte> batch, TimeProvider time)
    {
        header = batch[..Math.Min(batch.Length, MostOfHeader)].ToArray();
        this.time = time;
    }

    public Answer Answer(IReadOnlyList<Answer> answers)
    {
        var gravest = answers.MaxBy(Gravity);
        ReadOnlyMemory<byte>[] wanted = [.. answers.Select(answer => answer.Bytes).Where(bytes => !bytes.IsEmpty)];
        if (wanted.Length == 0)
        {
            return gravest with { Bytes = default };
        }

        var output = new ArrayBufferWriter<byte>(256 * wanted.Length);
        BatchEnvelope.WriteAnswer(output, header, wanted, time.GetUtcNow());
        return gravest with { Bytes = output.WrittenMemory };
    }

    /// <summary>What helps when it is sent again weighs most: then all of it is, and what was taken in is a repeat.</summary>
    private static int Gravity(Answer answer) => answer switch
    {
        { Refusal: null } => 0,
        { Code: AcknowledgementCode.AR or AcknowledgementCode.CR, Refusal.Transient: false } => 1,
        { Refusal.Transient: false } => 2,
        _ => 3,
    };
}
