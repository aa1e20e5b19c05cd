using System.Runtime.CompilerServices;
using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Assembling;

/// <summary>
/// An exchange that may still get a parent, children or its other end: a node of a trace that is being put together. Reused from a
/// pool; <see cref="Generation"/> tells a reference to its earlier life.
/// </summary>
internal sealed class HeldExchange
{
    public const int MostDepth = 64;

    public const long NoPlace = -1;

    public Exchange Value;

    /// <summary>Of a call: which place of each <see cref="WaitingLine"/> it had.</summary>
    public LinePlaces Places;

    /// <summary>Of a call: whose it is by the <see cref="KeepingLine"/>.</summary>
    public KeepingPlace Keeper;

    /// <summary>Of a request: the connection that it has by that line, and that its answer came where the line says.</summary>
    public ulong KeptConn;
    public bool IsKeeperProved;

    private byte[] _text = [];
    private int _textLength;

    public int Generation { get; private set; }

    public HeldExchange? Parent { get; private set; }

    public HeldExchange? FirstChild { get; private set; }

    /// <summary>Among the children of the parent, by start.</summary>
    public HeldExchange? NextSibling { get; private set; }

    public HeldSpan? FirstSpan { get; set; }

    public ProcessCalls? Process { get; set; }

    public ThreadLog? ReadLog { get; set; }

    public ThreadLog? WriteLog { get; set; }

    public Patience Patience { get; set; }

    /// <summary>CLOCK_MONOTONIC: until then something may come that belongs to it.</summary>
    public long DueNs => Value.EndNs + Patience.Ns();

    /// <summary>It is in the order of those that fall due.</summary>
    public bool IsScheduled { get; set; }

    public bool AwaitsOtherEnd { get; set; }

    /// <summary>Of a call: several requests were seen with its id, or other calls of theirs, so that the id does not decide.</summary>
    public bool SharesId { get; set; }

    /// <summary>Of a call: another request was in its process meanwhile, which may have been handed over since.</summary>
    public bool HadCompany { get; set; }

    /// <summary>Nothing more is waited for.</summary>
    public bool IsClosed { get; set; }

    public bool IsClient => Value.Role == Role.Client;

    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _textLength);

    /// <summary>When the application had it: from the request read, or the call written; 0 = not seen.</summary>
    public long FromNs => Value.InsideFromNs;

    /// <summary>Until the last of the answer was written, or the reply read.</summary>
    public long ToNs => IsClient
        ? Math.Max(Value.InsideToNs, Value.InsideFromNs)
        : Value.InsideToNs + Value.Layers.Ns[(int)Layer.ResponseWrite];

    public bool HasWindow => Value.InsideFromNs > 0 && Value.InsideToNs > 0;

    public HeldExchange Top
    {
        get
        {
            HeldExchange top = this;
            while (top.Parent is { } parent)
            {
                top = parent;
            }

            return top;
        }
    }

    public void Set(in Exchange exchange, ReadOnlySpan<byte> text)
    {
        Value = exchange;
        ((Span<long>)Places).Fill(NoPlace);
        Keeper = default;
        KeptConn = 0;
        IsKeeperProved = false;
        if (_text.Length < text.Length)
        {
            _text = new byte[Math.Max(64, text.Length)];
        }

        text.CopyTo(_text);
        _textLength = text.Length;
    }

    /// <summary>Levels of descendants.</summary>
    public int Height { get; private set; }

    /// <summary>False when the trace would become deeper than anything but a loop makes it.</summary>
    public bool CanAdopt(HeldExchange child)
    {
        int depth = child.Height + 1;
        for (HeldExchange? at = this; at is not null; at = at.Parent)
        {
            if (at == child)
            {
                return false;
            }

            depth++;
        }

        return depth <= MostDepth;
    }

    /// <summary>It opens a connection to a database: no request's call.</summary>
    public bool IsConnect => (Value.Database.Notes & StatementNotes.Connect) != 0;

    /// <summary>The request was there before the call was written, and its answer was not out before the reply was read.</summary>
    public bool Encloses(HeldExchange call) =>
        HasWindow && call.HasWindow && call.FromNs >= FromNs && call.ToNs <= ToNs;

    public void Adopt(HeldExchange child, ParentMethod method, Confidence confidence)
    {
        child.Parent = this;
        child.Value.ParentMethod = method;
        child.Value.Confidence = confidence;
        if (child.Value.StartNs < Value.StartNs || child.Value.EndNs > Value.EndNs)
        {
            child.Value.Notes |= ExchangeNotes.OutsideParent;
        }

        int height = child.Height;
        for (HeldExchange? at = this; at is not null && at.Height <= height; at = at.Parent)
        {
            at.Height = ++height;
        }

        HeldExchange? before = null;
        for (HeldExchange? at = FirstChild; at is not null && at.Value.StartNs <= child.Value.StartNs; at = at.NextSibling)
        {
            before = at;
        }

        child.NextSibling = before is null ? FirstChild : before.NextSibling;
        if (before is null)
        {
            FirstChild = child;
        }
        else
        {
            before.NextSibling = child;
        }
    }

    /// <summary>Back to the pool: whoever still refers to it finds another generation.</summary>
    public void Forget()
    {
        Generation++;
        Parent = FirstChild = NextSibling = null;
        FirstSpan = null;
        Process = null;
        ReadLog = WriteLog = null;
        AwaitsOtherEnd = IsClosed = SharesId = HadCompany = false;
        IsScheduled = false;
        Height = 0;
    }

    [InlineArray(WaitingLine.MostWidth)]
    public struct LinePlaces
    {
        private long _first;
    }
}
