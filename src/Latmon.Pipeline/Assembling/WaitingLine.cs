namespace Latmon.Pipeline.Assembling;

/// <summary>
/// The line in which an event loop's requests wait for a connection of a pool, as it would be if who asks first is served first, and
/// every request asked for <paramref name="width"/> calls at once: when it was read, and again whenever the replies were there and it
/// was not answered.
/// </summary>
/// <remarks>
/// Whether that is so is found out from what cannot be seen in it: when an answer is written right after a reply, that reply's call
/// must have had the place of the answered request. Then the places that led there are proved, all of them. Where it had another
/// one's, the two are exchanged: their connections were not made in the order in which they asked. Where the line is wrong as a whole,
/// those who asked before latmon came are missing in it, or somebody asked without calling; it is shifted to where the answers say. That
/// finds nothing when those who took another's place asked again: then as many stand in the line, of whom nothing is known, as there
/// were. That is only known where each makes one call at a time.
/// </remarks>
internal sealed class WaitingLine(int width)
{
    public const int MostWidth = 3;

    private const int Kept = 1024;
    private const int Reach = 32;

    /// <summary>By chance one answer in as many as are under way would fit.</summary>
    private const int Trusted = 8;

    private const int ShiftedBy = 4;

    private readonly Place[] _places = new Place[Kept];
    private readonly int[] _scores = new int[(2 * Reach) + 1];
    private long _next;
    private long _head;
    private int _taken;
    private LineRecord _record;
    private long _shiftedNs;

    public LineRecord Record => _record;

    /// <summary>Who is read now, or has its replies, asks.</summary>
    public void Ask(HeldExchange? request, int generation, long before = HeldExchange.NoPlace)
    {
        _places[_next++ % Kept] = new Place { Root = request, Generation = generation, Before = before };
        _head = Math.Max(_head, _next - Kept);
    }

    public void Call(HeldExchange call)
    {
        if (_head == _next)
        {
            return;
        }

        ref Place place = ref _places[_head % Kept];
        place.Replies = _taken == 0 ? 0 : place.Replies;
        call.Places[width - 1] = _head;
        if (++_taken == width)
        {
            Serve(_head + 1);
        }
    }

    public void Reply(HeldExchange call)
    {
        long at = call.Places[width - 1];
        if (Has(at) && ++_places[at % Kept].Replies == width)
        {
            Ask(_places[at % Kept].Root, _places[at % Kept].Generation, at);
        }
    }

    /// <summary>It was answered without a reply before: it asks for nothing more.</summary>
    public void Leave(HeldExchange request)
    {
        for (long at = _next - 1; IsWaiting(at); at--)
        {
            if (_places[at % Kept].Is(request))
            {
                Remove(at);
                return;
            }
        }
    }

    /// <summary>The request was answered when the reply to that call had been read: that reply made nobody ask again.</summary>
    public void Answered(HeldExchange request, HeldExchange call)
    {
        long at = call.Places[width - 1];
        if (!Has(at))
        {
            Leave(request);
            return;
        }

        if (IsWaiting(_next - 1) && _places[(_next - 1) % Kept].Before == at)
        {
            Remove(_next - 1);
        }

        if (call.FromNs > _shiftedNs)
        {
            Compare(at, request, call.ToNs);
        }
    }

    /// <summary>Of a line of single calls.</summary>
    public void RenewIfLost(UnderWay underWay)
    {
        if (!_record.IsLost)
        {
            return;
        }

        _record.Renewed();
        foreach (HeldExchange call in underWay.Calls)
        {
            call.Places[width - 1] = _next;
            Ask(null, 0);
        }

        Serve(_next);
        for (int i = underWay.Calls.Count; i < underWay.Requests; i++)
        {
            Ask(null, 0);
        }

        Array.Clear(_scores);
    }

    public LineWord Of(HeldExchange call, HeldExchange request)
    {
        long at = call.Places[width - 1];
        if (_record.Run < Trusted || !Has(at) || _places[at % Kept].Root is null)
        {
            return LineWord.Nothing;
        }

        ref readonly Place place = ref _places[at % Kept];
        return !place.Is(request) ? LineWord.Another : place.IsProved ? LineWord.Its : LineWord.Nothing;
    }

    /// <summary>Nobody has taken the place.</summary>
    private bool IsWaiting(long at) => at > _head || (at == _head && _taken == 0 && at < _next);

    private bool Has(long at) => at >= 0 && at < _next && at >= _next - Kept;

    private void Serve(long head)
    {
        _head = head;
        _taken = 0;
    }

    private void Remove(long at)
    {
        for (_next--; at < _next; at++)
        {
            _places[at % Kept] = _places[(at + 1) % Kept];
        }
    }

    private void Compare(long at, HeldExchange request, long nowNs)
    {
        bool agrees = _places[at % Kept].Is(request);
        bool isKnown = _places[at % Kept].Root is not null;
        if (isKnown)
        {
            _record.Add(agrees);
        }

        if (isKnown && _record.Run < Trusted)
        {
            Score(at, request);
        }

        if (agrees)
        {
            Prove(at);
        }
        else if (!(isKnown && ShiftIfNeeded(nowNs)))
        {
            Exchange(at, request);
        }
    }

    /// <summary>Two had each other's places: what still stands for the one that is answered is the other's.</summary>
    private void Exchange(long at, HeldExchange request)
    {
        Place other = _places[at % Kept];
        for (long i = Math.Max(0, _next - Kept); i < _next; i++)
        {
            ref Place place = ref _places[i % Kept];
            if (place.Is(request) && !place.IsProved)
            {
                place.Root = other.Root;
                place.Generation = other.Generation;
            }
        }
    }

    private void Prove(long at)
    {
        for (int step = 0; step < Kept && Has(at) && !_places[at % Kept].IsProved; step++)
        {
            _places[at % Kept].IsProved = true;
            at = _places[at % Kept].Before;
        }
    }

    private void Score(long at, HeldExchange request)
    {
        for (int i = 0; i < _scores.Length; i++)
        {
            long other = at + i - Reach;
            bool fits = Has(other) && _places[other % Kept].Is(request);
            _scores[i] = fits ? _scores[i] + 1 : Math.Max(0, _scores[i] - 1);
        }
    }

    private bool ShiftIfNeeded(long nowNs)
    {
        int best = Reach;
        for (int i = 0; i < _scores.Length; i++)
        {
            best = _scores[i] > _scores[best] ? i : best;
        }

        if (_scores[best] < _scores[Reach] + ShiftedBy)
        {
            return false;
        }

        Serve(Math.Clamp(_head + best - Reach, Math.Max(0, _next - Kept), _next));
        Array.Clear(_scores);
        _shiftedNs = nowNs;
        return true;
    }

    private struct Place
    {
        /// <summary>Null when it is not known whose it is.</summary>
        public HeldExchange? Root;
        public int Generation;
        public int Replies;

        /// <summary>Whose replies made it ask again.</summary>
        public long Before;
        public bool IsProved;

        public readonly bool Is(HeldExchange request) => Root == request && Generation == request.Generation;
    }
}
