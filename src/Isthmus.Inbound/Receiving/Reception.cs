using Isthmus.Exchange;
using Isthmus.Inbound.Acknowledging;
using Isthmus.Inbound.Journal;

namespace Isthmus.Inbound.Receiving;

/// <summary>A frame that was read: refused already, or about to be journalled.</summary>
internal sealed class Reception
{
    private readonly ReceptionDesk? desk;
    private readonly JournalEntry? entry;
    private readonly Refusal? refusal;
    private readonly AnswerForm form;

    public Reception(ReceptionDesk desk, JournalEntry entry, AnswerForm form)
    {
        this.desk = desk;
        this.entry = entry;
        this.form = form;
    }

    public Reception(Refusal refusal, AnswerForm form)
    {
        this.refusal = refusal;
        this.form = form;
    }

    /// <summary>The acknowledgement, once it may leave; empty where the sender asked for none.</summary>
    public Task<ReadOnlyMemory<byte>> AnswerAsync() =>
        refusal is not null ? Task.FromResult(form.Refuse(refusal)) : desk!.JournalAndAnswerAsync(entry!, form);
}
